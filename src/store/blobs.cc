#include "store/blobs.hh"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "store/blob_store.hh"
#include "store/disk.hh"

namespace mainstay::store {

namespace fs = std::filesystem;

class Blobs::FileWriter : public Blobs::Writer {
 public:
  FileWriter(Blobs& blobs, std::string name, int file)
      : blobs_(blobs), name_(std::move(name)), file_(file) {}
  ~FileWriter() override {
    if (file_ >= 0) ::close(file_);
    if (!kept_) ::unlink(from().c_str());
  }
  Status write(std::string_view data) override {
    Status written = write_all(file_, from(), data, at_);
    at_ += data.size();
    return written;
  }
  // Its folders are made first, and synced after, as the name is what a power cut would take.
  Status keep() override {
    if (blobs_.sync_ && ::fdatasync(file_) != 0)
      return io_error("cannot sync", from(), "StateFull");
    const Kept& to = *blobs_.kept_;
    std::string path = to.path(name_);
    std::error_code code;
    fs::create_directories(fs::path(path).parent_path(), code);
    if (::rename(from().c_str(), path.c_str()) != 0)
      return io_error("cannot rename", from(), "StateFull");
    kept_ = true;
    blobs_.sharing_->written(blobs_.view_, name_);
    if (!blobs_.sync_) return {};
    CHECK_OK(sync_directory(fs::path(path).parent_path()));
    return sync_directory(to.directory);
  }

 private:
  std::string from() const { return blobs_.kept_->spool_path(name_); }
  Blobs& blobs_;
  std::string name_;
  int file_;
  size_t at_ = 0;
  bool kept_ = false;
};

class Blobs::MemoryWriter : public Blobs::Writer {
 public:
  MemoryWriter(Blobs& blobs, std::string name) : blobs_(blobs), name_(std::move(name)) {}
  Status write(std::string_view data) override {
    pieces_->append(data);
    return {};
  }
  Status keep() override {
    blobs_.sharing_->written(blobs_.view_, name_);
    std::lock_guard guard(blobs_.kept_->mutex);
    blobs_.kept_->memory.emplace(name_, std::move(pieces_));
    return {};
  }

 private:
  Blobs& blobs_;
  std::string name_;
  std::shared_ptr<BlobPieces> pieces_ = std::make_shared<BlobPieces>();
};

Blobs::Blobs(std::string directory, bool sync)
    : kept_(std::make_shared<Kept>(std::move(directory))), sync_(sync) {}

Blobs::~Blobs() {
  if (view_ == 0) return;
  for (const std::string& name : sharing_->drop(view_)) kept_->erase(name);
}

std::unique_ptr<Blobs> Blobs::fork() {
  auto made = std::make_unique<Blobs>("", false);
  made->kept_ = kept_;
  made->sharing_ = sharing_;
  made->view_ = sharing_->fork();
  return made;
}

Result<std::unique_ptr<Blobs::Writer>> Blobs::begin(std::string name) {
  if (!kept_->on_disk()) return std::make_unique<MemoryWriter>(*this, std::move(name));
  std::error_code code;
  fs::create_directories(kept_->spool(), code);
  std::string path = kept_->spool_path(name);
  int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return io_error("cannot open", path, "StateFull");
  return std::make_unique<FileWriter>(*this, std::move(name), file);
}

Status Blobs::write(std::string_view name, std::string_view data) {
  TRY(std::unique_ptr<Writer> writer, begin(std::string(name)));
  CHECK_OK(writer->write(data));
  return writer->keep();
}

Status Blobs::link(std::string_view from, const std::string& to) {
  if (!kept_->on_disk()) {
    std::lock_guard guard(kept_->mutex);
    auto it = kept_->memory.find(from);
    if (it == kept_->memory.end()) return blob_missing(from);
    sharing_->written(view_, to);
    kept_->memory.emplace(to, it->second);
    return {};
  }
  std::string path = kept_->path(to);
  std::error_code code;
  fs::create_directories(fs::path(path).parent_path(), code);
  if (::link(kept_->path(from).c_str(), path.c_str()) == 0) {
    sharing_->written(view_, to);
    if (!sync_) return {};
    CHECK_OK(sync_directory(fs::path(path).parent_path()));
    return sync_directory(kept_->directory);
  }
  if (errno == ENOENT) return blob_missing(from);
  return copy(from, to);  // a file system without links, or with too many of this one
}

Status Blobs::copy(std::string_view from, const std::string& to) {
  TRY(std::unique_ptr<Writer> writer, begin(to));
  for (size_t at = 0;; at += blob_piece_bytes) {
    TRY(std::string piece, read(from, at, blob_piece_bytes));
    CHECK_OK(writer->write(piece));
    if (piece.size() < blob_piece_bytes) return writer->keep();
  }
}

class Blobs::Pins : public Blobs::Pinned {
 public:
  Pins(std::shared_ptr<Kept> kept, std::vector<std::string> names)
      : kept_(std::move(kept)), names_(std::move(names)) {
    kept_->pin(names_);
  }
  ~Pins() override { kept_->unpin(names_); }
  Result<std::string> read(std::string_view name, size_t offset, size_t size) const override {
    return kept_->read(name, offset, size);
  }

 private:
  std::shared_ptr<Kept> kept_;
  std::vector<std::string> names_;
};

std::shared_ptr<const Blobs::Pinned> Blobs::pin(std::vector<std::string> names) const {
  return std::make_shared<Pins>(kept_, std::move(names));
}

Result<std::string> Blobs::read(std::string_view name, size_t offset, size_t size) const {
  return kept_->read(name, offset, size);
}

void Blobs::remove(std::string_view name) {
  if (sharing_->let_go(view_, name)) kept_->erase(name);
}

void Blobs::clear() {
  if (view_ != 0) {
    for (const std::string& name : sharing_->empty(view_)) kept_->erase(name);
    return;
  }
  for (const std::string& name : names()) remove(name);
}

std::vector<std::string> Blobs::names() const {
  if (kept_->on_disk()) return names_on_disk();
  std::vector<std::string> names;
  std::lock_guard guard(kept_->mutex);
  for (const auto& [name, data] : kept_->memory) names.push_back(name);
  return names;
}

std::vector<std::string> Blobs::names_on_disk() const {
  std::vector<std::string> names;
  std::error_code code;
  if (!kept_->on_disk()) return names;
  for (fs::recursive_directory_iterator it(kept_->directory, code), end; !code && it != end;
       it.increment(code))
    if (it->is_regular_file(code)) names.push_back(it->path().filename());
  return names;
}

}  // namespace mainstay::store
