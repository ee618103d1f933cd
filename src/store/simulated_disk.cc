#include "store/simulated_disk.hh"

#include <algorithm>

namespace mainstay::store {
namespace {

struct Copy : Contents {
  explicit Copy(std::string text) : text_(std::move(text)) {}
  std::string_view text() const override { return text_; }
  std::string text_;
};

struct NoLock : FolderLock {
  Status describe_owner(const std::string&) override { return {}; }
};

void mark_sectors(std::set<size_t>& sectors, size_t from, size_t to) {
  for (size_t at = from / sector_bytes; at * sector_bytes < to; ++at) sectors.insert(at);
}

// What was on the disk in a sector, zeros where the file did not reach.
char byte_at(const std::string& text, size_t at) {
  return at < text.size() ? text[at] : '\0';
}

}  // namespace

class SimulatedFile : public File {
 public:
  SimulatedFile(SimulatedDisk& disk, std::shared_ptr<SimulatedDisk::Inode> inode)
      : disk_(disk), inode_(std::move(inode)) {}

  Result<std::unique_ptr<Contents>> contents() const override {
    std::lock_guard guard(disk_.mutex_);
    return std::make_unique<Copy>(inode_->now);
  }
  Result<std::string> read(size_t offset, size_t size) const override {
    std::lock_guard guard(disk_.mutex_);
    return offset >= inode_->now.size() ? std::string() : inode_->now.substr(offset, size);
  }
  Status write(std::string_view data, size_t offset) override {
    std::lock_guard guard(disk_.mutex_);
    Status allowed = disk_.change();
    if (!allowed.has_value()) data = data.substr(0, data.size() / 2);  // as a full disk does
    std::string& now = inode_->now;
    mark_sectors(inode_->unsynced, std::min(now.size(), offset), offset + data.size());
    if (now.size() < offset + data.size()) now.resize(offset + data.size());
    now.replace(offset, data.size(), data);
    return allowed;
  }
  Status truncate(size_t size) override {
    std::lock_guard guard(disk_.mutex_);
    mark_sectors(inode_->unsynced, size, inode_->now.size());
    inode_->now.resize(size);
    return {};
  }
  Status sync() override {
    std::lock_guard guard(disk_.mutex_);
    CHECK_OK(disk_.change());
    inode_->on_disk = inode_->now;
    inode_->unsynced.clear();
    return {};
  }

 private:
  SimulatedDisk& disk_;
  std::shared_ptr<SimulatedDisk::Inode> inode_;
};

std::string SimulatedDisk::Inode::after_cut(Random& random) const {
  auto [least, most] = std::minmax({now.size(), on_disk.size()});
  size_t size = least + random.below(most - least + 1);
  if (random.below(3) == 0) size = now.size();
  if (random.below(3) == 0) size = on_disk.size();
  std::string out = now;
  out.resize(size);
  for (size_t sector : unsynced) {
    size_t begin = sector * sector_bytes, end = std::min(size, begin + sector_bytes);
    if (begin >= end || random.below(2) == 0) continue;
    size_t written = random.below(2) == 0 ? 0 : random.below(end - begin);
    for (size_t at = begin + written; at < end; ++at) out[at] = byte_at(on_disk, at);
  }
  return out;
}

SimulatedDisk::SimulatedDisk(const SimulatedDisk& other) {
  std::lock_guard guard(other.mutex_);
  std::map<const Inode*, std::shared_ptr<Inode>> copies;
  auto copy = [&](const std::shared_ptr<Inode>& inode) {
    auto& made = copies[inode.get()];
    if (inode && !made) made = std::make_shared<Inode>(*inode);
    return made;
  };
  for (const auto& [path, inode] : other.now_) now_[path] = copy(inode);
  for (const auto& [path, inode] : other.on_disk_) on_disk_[path] = copy(inode);
  for (const Naming& naming : other.unsynced_)
    unsynced_.push_back({naming.from, naming.to, copy(naming.made)});
}

void SimulatedDisk::cut_power(Random& random) {
  std::lock_guard guard(mutex_);
  size_t names_kept = random.below(unsynced_.size() + 1);
  for (size_t i = 0; i < names_kept; ++i) apply(unsynced_[i], on_disk_);
  unsynced_.clear();
  now_.clear();
  for (auto& [path, inode] : on_disk_) {
    auto left = std::make_shared<Inode>();
    left->now = left->on_disk = inode->after_cut(random);
    inode = left;
  }
  now_ = on_disk_;
  changes_left_ = std::string::npos;
}

void SimulatedDisk::fail_after(size_t changes) {
  std::lock_guard guard(mutex_);
  changes_left_ = changes;
}

Status SimulatedDisk::change() {
  if (changes_left_ == std::string::npos) return {};
  if (changes_left_ == 0) return Error("StateFull", "the simulated disk fails", 500);
  --changes_left_;
  return {};
}

Result<std::unique_ptr<FolderLock>> SimulatedDisk::lock(const std::string&, const std::string&) {
  return std::make_unique<NoLock>();
}

Result<std::shared_ptr<File>> SimulatedDisk::open(const std::string& path, Open how) {
  std::lock_guard guard(mutex_);
  if (!now_.contains(path)) name({"", path, std::make_shared<Inode>()});
  auto inode = now_[path];
  if (how == Open::empty) {
    mark_sectors(inode->unsynced, 0, inode->now.size());
    inode->now.clear();
  }
  return std::make_shared<SimulatedFile>(*this, inode);
}

bool SimulatedDisk::exists(const std::string& path) const {
  std::lock_guard guard(mutex_);
  return now_.contains(path);
}

void SimulatedDisk::apply(const Naming& naming, Names& names) {
  if (naming.made) names[naming.to] = naming.made;
  if (naming.from.empty()) return;
  auto found = names.find(naming.from);
  if (found == names.end()) return;
  if (!naming.to.empty()) names[naming.to] = found->second;
  names.erase(naming.from);
}

void SimulatedDisk::name(Naming naming) {
  apply(naming, now_);
  unsynced_.push_back(std::move(naming));
}

Status SimulatedDisk::rename(const std::string& from, const std::string& to) {
  std::lock_guard guard(mutex_);
  CHECK_OK(change());
  name({from, to, nullptr});
  return {};
}

void SimulatedDisk::remove(const std::string& path) {
  std::lock_guard guard(mutex_);
  if (now_.contains(path)) name({path, "", nullptr});
}

Status SimulatedDisk::sync_directory(const std::string&) {
  std::lock_guard guard(mutex_);
  CHECK_OK(change());
  for (const Naming& naming : unsynced_) apply(naming, on_disk_);
  unsynced_.clear();
  return {};
}

std::string SimulatedDisk::text(const std::string& path) const {
  std::lock_guard guard(mutex_);
  auto found = now_.find(path);
  return found == now_.end() ? "" : found->second->now;
}

void SimulatedDisk::set_text(const std::string& path, std::string text) {
  std::lock_guard guard(mutex_);
  auto inode = std::make_shared<Inode>();
  inode->now = inode->on_disk = std::move(text);
  now_[path] = on_disk_[path] = inode;
}

}  // namespace mainstay::store
