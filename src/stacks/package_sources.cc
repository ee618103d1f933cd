#include "stacks/package_sources.hh"

#include "aws/client.hh"
#include "base/text.hh"
#include "packages/archive.hh"
#include "packages/git_source.hh"
#include "stacks/config_keys.hh"
#include "stacks/module_paths.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t sources_max = 100;

// "https://x/y" as the name of a folder, as stacker makes it.
std::string folder_name(std::string text) {
  for (char& c : text)
    if (c == '@' || c == '/' || c == ':') c = '_';
  return text;
}

// A source at work, with its place in the document.
struct Source {
  const cfn::Document& document;
  const Value& value;
  cfn::Path path;

  std::string text(const char* key) const { return value[key].to_text(); }
  Error invalid(const std::string& why) const {
    return Error("ConfigInvalid", why).where(document.at(path));
  }
};

class Fetcher {
 public:
  Fetcher(const cfn::Document& document, const PackageContext& context)
      : document_(document), context_(context) {
    cache_ = document.root["stacker_cache_dir"].to_text();
    if (cache_.starts_with("~/")) cache_ = context.process.text("HOME") + cache_.substr(1);
    if (cache_.empty()) cache_ = context.process.text("HOME") + "/.stacker";
    cache_ = absolute_path(join_path(directory_of(document.file), cache_)) + "/packages/";
  }

  Result<PackageFolders> fetch() {
    const Value& all = document_.root["package_sources"];
    constexpr std::pair<const char*, Result<std::string> (Fetcher::*)(const Source&)> kinds[] = {
        {"local", &Fetcher::local}, {"s3", &Fetcher::s3}, {"git", &Fetcher::git}};
    for (const auto& [kind, list] : all.members())
      if (kind != "local" && kind != "s3" && kind != "git")
        return Error("ConfigInvalid", "there are no package sources of the kind \"" +
                                          printable(kind) + "\"; there are git, local and s3")
            .where(document_.at(cfn::Path{"package_sources", kind}));
    for (const auto& [kind, fetch_one] : kinds) {
      const Value& list = all[kind];
      if (list.size() > sources_max || (!list.is_null() && !list.is_list()))
        return Error("ConfigInvalid", std::string("package_sources: ") + kind +
                                          " must be a list of at most 100 sources")
            .where(document_.at(cfn::Path{"package_sources", kind}));
      for (size_t i = 0; i < list.size(); ++i) {
        Source source{document_, list.items()[i], {"package_sources", kind, std::to_string(i)}};
        if (!source.value.is_map()) return source.invalid("a package source is a map");
        auto folder = (this->*fetch_one)(source);
        if (!folder) return std::move(folder.error()).where(document_.at(source.path));
        add(source.value, *folder);
      }
    }
    return std::move(found_);
  }

 private:
  void add(const Value& source, const std::string& folder) {
    for (const std::string& path : texts_of(source["paths"]))
      found_.paths.push_back(join_path(folder, path));
    if (source["paths"].empty()) found_.paths.push_back(folder);
    for (const std::string& config : texts_of(source["configs"]))
      found_.configs.push_back(join_path(folder, config));
  }

  Status check_keys_of(const Source& source, std::span<const KeySpec> keys) const {
    return check_keys(document_, source.path, source.value, keys, "a package source");
  }

  // Beside the configuration, or in the current folder, as stacker has it.
  Result<std::string> local(const Source& source) {
    CHECK_OK(check_keys_of(source, local_source_keys()));
    std::string path = source.text("source");
    if (path.empty()) return source.invalid("a local package source needs a source");
    std::string beside = absolute_path(join_path(directory_of(document_.file), path));
    return context_.files.list(beside) ? beside : absolute_path(path);
  }

  Result<std::string> git(const Source& source) {
    CHECK_OK(check_keys_of(source, git_source_keys()));
    std::string uri = source.text("uri");
    if (uri.empty()) return source.invalid("a git package source needs a uri");
    std::string revision = source.text("commit") + source.text("tag");
    int said = 0;
    for (const char* key : {"commit", "tag", "branch"}) said += !source.text(key).empty();
    if (said > 1) return source.invalid("commit, tag and branch exclude each other");
    if (revision.empty()) {
      TRY(revision, packages::remote_commit(uri, source.text("branch"), context_.stop));
    }
    std::string name = uri.ends_with(".git") ? uri.substr(0, uri.size() - 4) : uri;
    std::string folder = cache_ + folder_name(name + "-" + revision);
    CHECK_OK(packages::fetch_git(uri, revision, folder, context_.stop));
    return folder;
  }

  Result<std::string> s3(const Source& source) {
    CHECK_OK(check_keys_of(source, s3_source_keys()));
    constexpr std::string_view endings[] = {".tar.gz", ".tar", ".zip"};
    std::string bucket = source.text("bucket"), key = source.text("key"), stem;
    for (std::string_view ending : endings)
      if (stem.empty() && key.ends_with(ending)) stem = key.substr(0, key.size() - ending.size());
    if (bucket.empty() || stem.empty())
      return source.invalid(
          "an S3 package source needs a bucket, and a key that ends in .tar.gz, .tar or .zip");
    TRY(auto client, context_.client());
    Value where = Value::map({{"Bucket", bucket}, {"Key", key}});
    if (source.value["requester_pays"].as_bool()) where.set("RequestPayer", "requester");
    std::string folder = cache_ + folder_name("s3-" + bucket + "-" + stem);
    if (source.value["use_latest"].as_bool(true)) {
      TRY(Value head, client->call("s3", "HeadObject", where));
      folder += "-" + std::to_string(head["LastModified"].as_time().ms / 1000);
    }
    if (context_.files.list(folder)) return folder;
    TRY(Value object, client->call("s3", "GetObject", where));
    CHECK_OK(packages::unpack(object["Body"].as_bytes(), "s3://" + bucket + "/" + key, folder));
    return folder;
  }

  const cfn::Document& document_;
  const PackageContext& context_;
  std::string cache_;
  PackageFolders found_;
};

}  // namespace

Result<PackageFolders> fetch_packages(const cfn::Document& document,
                                      const PackageContext& context) {
  return Fetcher(document, context).fetch();
}

}  // namespace mainstay::stacks
