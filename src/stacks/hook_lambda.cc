// The hook that packs functions and puts them where CloudFormation finds them.
#include "base/text.hh"
#include "stacks/file_patterns.hh"
#include "stacks/own_hooks.hh"
#include "stacks/upload.hh"
#include "stacks/zip_writer.hh"

namespace mainstay::stacks {
namespace {

// AWS Lambda Developer Guide, "Lambda quotas": 250 MB unzipped
constexpr size_t package_bytes_max = 250 * 1024 * 1024;

struct Package {
  std::string bytes, version;
};

Result<std::vector<std::string>> patterns_of(const Value& v, const char* key,
                                             std::vector<std::string> otherwise) {
  if (v.is_null() || (v.is_string() && v.as_string().empty()) || (!v.is_scalar() && v.empty()))
    return otherwise;
  if (v.is_string()) return std::vector<std::string>{v.as_string()};
  std::vector<std::string> patterns;
  for (const Value& one : v.items()) patterns.push_back(one.as_string());
  if (!v.is_list() || std::ranges::find(patterns, "") != patterns.end())
    return hook_error(std::string(key) + " must be a text or a list of texts");
  return patterns;
}

// stacker's: of names and contents, so that a repacked archive is not uploaded again.
std::string version_of(const std::vector<ZipEntry>& entries) {
  Digest digest("md5");
  for (const ZipEntry& entry : entries) {
    digest.update(entry.name + std::string(1, '\0'));
    digest.update(entry.content);
    digest.update(std::string(1, '\0'));
  }
  return hex_encode(digest.finish());
}

Result<Package> pack_folder(const HookCall& call, const std::string& name, const Value& options,
                            const std::string& folder) {
  const Files& files = call.session.around.files;
  TRY(auto include, patterns_of(options["include"], "include", {"**"}));
  TRY(auto exclude, patterns_of(options["exclude"], "exclude", {}));
  TRY(auto found,
      find_files(files, folder, include, exclude, call.args["follow_symlinks"].as_bool()));
  if (found.empty())
    return hook_error("function " + printable(name) + ": no file of " + folder + " is included");
  std::vector<ZipEntry> entries;
  size_t total = 0;
  for (const FoundFile& file : found) {
    TRY(std::string content, files.read(join_path(folder, file.path), package_bytes_max));
    total += content.size();
    if (total > package_bytes_max)
      return hook_error("function " + printable(name) + " is larger than 250 MB");
    entries.push_back({file.path, std::move(content), file.executable});
  }
  TRY(std::string bytes, make_zip(entries));
  return Package{std::move(bytes), version_of(entries)};
}

Result<Package> package_of(const HookCall& call, const std::string& name, const Value& options) {
  std::string path = options["path"].to_text();
  if (path.empty()) return hook_error("function " + printable(name) + " has no path");
  if (path.starts_with("~/")) path = call.session.around.process.text("HOME") + path.substr(1);
  path = join_path(call.session.config.directory, path);
  TRY(FileFacts facts, call.session.around.files.facts(path));
  bool archive = path.ends_with(".zip") && facts.kind == FileFacts::Kind::file;
  if (!archive) return pack_folder(call, name, options, path);
  TRY(std::string bytes, call.session.around.files.read(path, package_bytes_max));
  return Package{bytes, hex_encode(md5(bytes))};
}

struct Shelf {
  std::string bucket, region, prefix, acl;
};

Result<Shelf> shelf_for(const HookCall& call) {
  const Config& config = call.session.config;
  Shelf shelf;
  shelf.bucket = call.args["bucket"].to_text();
  std::string region = call.args["bucket_region"].to_text();
  if (shelf.bucket.empty() && !region.empty()) return hook_error("bucket_region needs a bucket");
  if (shelf.bucket.empty()) {
    TRY(shelf.bucket, default_bucket(config));
    region = config.bucket_region;
  }
  shelf.region = region.empty() ? call.region : region;
  shelf.prefix = call.args["prefix"].to_text();
  shelf.acl = call.args["payload_acl"].to_text();
  if (shelf.acl.empty()) shelf.acl = "private";
  return shelf;
}

Result<Value> upload(const HookCall& call, const Shelf& shelf, const std::string& name,
                     const Value& options) {
  TRY(Package package, package_of(call, name, options));
  std::string version = options["version"].to_text();
  if (version.empty()) version = package.version;
  std::string key = shelf.prefix + "lambda-" + name + "-" + version + ".zip";
  Value where = Value::map({{"Bucket", shelf.bucket}, {"Key", key}});
  auto there = call.client.call("s3", "HeadObject", where, shelf.region);
  if (!there && there.error().status != 404) return there;
  if (!there) {
    where.set("Body", Bytes{std::move(package.bytes)});
    where.set("ContentType", "application/zip");
    where.set("ACL", shelf.acl);
    CHECK_OK(call.client.call("s3", "PutObject", where, shelf.region));
  }
  return Value::map({{"S3Bucket", shelf.bucket}, {"S3Key", key}});
}

}  // namespace

Result<Value> upload_lambda_functions(const HookCall& call) {
  const Value& functions = call.args["functions"];
  if (!functions.is_map() || functions.empty())
    return hook_error("it needs the argument functions, a map by name");
  TRY(Shelf shelf, shelf_for(call));
  CHECK_OK(ensure_bucket(call.client, shelf.bucket, shelf.region));
  Value results = Value::map();
  for (const auto& [name, options] : functions.members()) {
    TRY(Value code, upload(call, shelf, name, options));
    results.set(name, std::move(code));
  }
  return results;
}

}  // namespace mainstay::stacks
