#include "stacks/graph_store.hh"

#include "stacks/upload.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t graph_bytes_max = 16 * 1024 * 1024;

class FileGraphStore : public GraphStore {
 public:
  FileGraphStore(Files& files, std::string path) : files_(files), path_(std::move(path)) {}

  std::string where() const override { return path_; }
  Result<std::optional<std::string>> read() override { return read(path_); }
  Status write(const std::string& text) override { return files_.write(path_, text); }
  Result<bool> make_lock(const std::string& text) override {
    bool made = false;
    auto unless_there = [&](const FileTail& tail) {
      made = tail.size == 0;
      return made ? text : std::string();
    };
    CHECK_OK(files_.append(lock_path(), 0, unless_there, true));
    return made;
  }
  Result<std::optional<std::string>> read_lock() override { return read(lock_path()); }
  Status remove_lock() override { return files_.remove(lock_path()); }

 private:
  std::string lock_path() const { return path_ + ".lock"; }
  Result<std::optional<std::string>> read(const std::string& path) const {
    auto text = files_.read(path, graph_bytes_max);
    if (!text && text.error().code == "FileNotFound") return std::nullopt;
    if (!text) return text.error();
    return *text;
  }

  Files& files_;
  std::string path_;
};

class S3GraphStore : public GraphStore {
 public:
  S3GraphStore(std::shared_ptr<aws::Client> client, std::string bucket, std::string key,
               std::string region)
      : client_(std::move(client)),
        bucket_(std::move(bucket)),
        key_(std::move(key)),
        region_(std::move(region)) {}

  std::string where() const override { return "s3://" + bucket_ + "/" + key_; }
  Result<std::optional<std::string>> read() override { return read(key_); }
  Status write(const std::string& text) override {
    CHECK_OK(client_->call("s3", "PutObject", object(key_, text), region_));
    return {};
  }
  Result<bool> make_lock(const std::string& text) override {
    CHECK_OK(ensure_bucket(*client_, bucket_, region_));
    auto put =
        client_->call("s3", "PutObject", object(lock_key(), text).set("IfNoneMatch", "*"), region_);
    if (put) return true;
    // Of two at the same moment one is told to try again.
    const std::string& code = put.error().code;
    if (code == "PreconditionFailed" || code == "ConditionalRequestConflict") return false;
    return put.error();
  }
  Result<std::optional<std::string>> read_lock() override { return read(lock_key()); }
  Status remove_lock() override {
    CHECK_OK(client_->call("s3", "DeleteObject",
                           Value::map({{"Bucket", bucket_}, {"Key", lock_key()}}), region_));
    return {};
  }

 private:
  std::string lock_key() const { return key_ + ".lock"; }
  Value object(const std::string& key, const std::string& text) const {
    return Value::map({{"Bucket", bucket_},
                       {"Key", key},
                       {"Body", Bytes{text}},
                       {"ServerSideEncryption", "AES256"},
                       {"ContentType", "application/json"}});
  }
  Result<std::optional<std::string>> read(const std::string& key) {
    auto got =
        client_->call("s3", "GetObject", Value::map({{"Bucket", bucket_}, {"Key", key}}), region_);
    if (got) return (*got)["Body"].as_bytes();
    const std::string& code = got.error().code;
    if (code == "NoSuchKey" || code == "NoSuchBucket" || got.error().status == 404)
      return std::nullopt;
    return got.error();
  }

  std::shared_ptr<aws::Client> client_;
  std::string bucket_, key_, region_;
};

}  // namespace

std::unique_ptr<GraphStore> file_graph_store(Files& files, std::string path) {
  return std::make_unique<FileGraphStore>(files, std::move(path));
}

std::unique_ptr<GraphStore> s3_graph_store(std::shared_ptr<aws::Client> client, std::string bucket,
                                           std::string key, std::string region) {
  return std::make_unique<S3GraphStore>(std::move(client), std::move(bucket), std::move(key),
                                        std::move(region));
}

}  // namespace mainstay::stacks
