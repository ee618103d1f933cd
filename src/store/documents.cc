#include "store/documents.hh"

#include <algorithm>
#include <mutex>

#include "base/cbor.hh"
#include "store/documents_pages.hh"

namespace mainstay::store {

// Several may read a document that none has looked at yet.
std::mutex& parsing_mutex(const void* entry) {
  static std::array<std::mutex, 64> mutexes;
  return mutexes[reinterpret_cast<uintptr_t>(entry) / 64 % mutexes.size()];
}

void Documents::Entry::parse() const {
  std::lock_guard guard(parsing_mutex(this));
  std::unique_ptr<std::string> bytes(unparsed.load(std::memory_order_relaxed));
  if (!bytes) return;
  auto document = parse_cbor(*bytes, cbor_depth_max);
  if (!document.has_value()) std::abort();  // it was skimmed: a bug
  item.second = std::move(*document);
  unparsed.store(nullptr, std::memory_order_release);
}

std::string Documents::Entry::kept_cbor() const {
  std::lock_guard guard(parsing_mutex(this));
  const std::string* bytes = unparsed.load(std::memory_order_relaxed);
  return bytes ? *bytes : "";
}

void Documents::release(Page* page) {
  if (page && page->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) delete page;
}

void Documents::release(Entry* entry) {
  if (entry && entry->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) delete entry;
}

Documents::Kept::~Kept() {
  release(entry_);
}

Documents::Documents(const Documents& other) : root_(other.root_), size_(other.size_) {
  if (root_) root_->refs.fetch_add(1, std::memory_order_relaxed);
}

Documents::Documents(Documents&& other) noexcept
    : root_(std::exchange(other.root_, nullptr)), size_(std::exchange(other.size_, 0)) {
  ++other.changes_;
}

Documents& Documents::operator=(Documents other) noexcept {
  std::swap(root_, other.root_);
  std::swap(size_, other.size_);
  ++changes_;
  return *this;
}

Documents::~Documents() {
  release(root_);
}

// Of the pages on the way to a change only those are copied that others share. Nobody else can come
// to share one meanwhile: that takes a copy of this object, which is being changed.
Documents::Page* Documents::writable(Page* page) {
  if (!page->shared()) return page;
  Page* own = page->copy();
  release(page);
  return own;
}

void Documents::split_child(Page& parent, uint32_t at) {
  Page& child = parent.writable_child(at);
  Page* right = new Page(child.leaf);
  child.move_to(*right, child.count / 2);
  std::string least = child.leaf ? right->entry(0)->item.first : right->from[0];
  parent.open_gap(at + 1);
  parent.slots[at + 1] = right;
  parent.from.insert(parent.from.begin() + at + 1, std::move(least));
}

// A child that became too empty is joined with a neighbour, or shares what both have.
void Documents::mend_child(Page& parent, uint32_t at) {
  if (parent.child(at)->count >= page_entries / 4 || parent.count < 2) return;
  uint32_t left = at > 0 ? at - 1 : at;
  Page& into = parent.writable_child(left);
  Page& from = parent.writable_child(left + 1);
  if (!from.leaf) from.from[0] = parent.from[left + 1];
  if (into.count + from.count <= page_entries * 3 / 4) {
    from.move_to(into, 0);
    release(&from);
    parent.close_gap(left + 1);
    return;
  }
  uint32_t half = (into.count + from.count) / 2;
  Page rest(from.leaf);
  from.move_to(rest, 0);
  if (into.count > half) {
    into.move_to(from, half);
    rest.move_to(from, 0);
  } else {
    rest.move_to(from, half - into.count);
    rest.move_to(into, 0);
  }
  parent.from[left + 1] = from.leaf ? from.entry(0)->item.first : from.from[0];
}

// The page where an id belongs; whether others share a page on the way.
Documents::Page* Documents::leaf_of(std::string_view id, bool& shared) const {
  Page* page = root_;
  shared = page->shared();
  while (!page->leaf) {
    page = page->child(page->child_at(id));
    shared = shared || page->shared();
  }
  return page;
}

const Value* Documents::document(std::string_view id) const {
  if (!root_) return nullptr;
  bool shared = false;
  const Page* page = leaf_of(id, shared);
  uint32_t at = page->entry_at(id);
  bool there = at < page->count && page->entry(at)->item.first == id;
  return there ? &page->entry(at)->parsed().second : nullptr;
}

Documents::Replaced Documents::put(std::string_view id, Value document) {
  if (!root_) {
    if (document.is_null()) return {};
    root_ = new Page(true);
  }
  bool shared = false;
  Page* page = leaf_of(id, shared);
  uint32_t at = page->entry_at(id);
  bool there = at < page->count && page->entry(at)->item.first == id;
  if (document.is_null()) return there ? erase(id) : Replaced{};
  if (there) {
    if (shared || page->entry(at)->shared()) return replace(id, std::move(document));
    return {std::exchange(page->entry(at)->document(), std::move(document)), {}};
  }
  insert(page, shared, id, new Entry(id, std::move(document)));
  return {};
}

void Documents::put_cbor(std::string_view id, std::string_view cbor) {
  if (!root_) root_ = new Page(true);
  bool shared = false;
  Page* page = leaf_of(id, shared);
  Entry* entry = new Entry(id, Value());
  entry->unparsed = new std::string(cbor);
  insert(page, shared, id, entry);
}

void Documents::insert(Page* page, bool shared, std::string_view id, Entry* entry) {
  ++changes_;
  ++size_;
  if (shared || page->count == page_entries) page = make_room(id);
  uint32_t at = page->entry_at(id);
  page->open_gap(at);
  page->slots[at] = entry;
}

Documents::Replaced Documents::replace(std::string_view id, Value document) {
  ++changes_;
  Page* page = root_ = writable(root_);
  while (!page->leaf) page = &page->writable_child(page->child_at(id));
  uint32_t at = page->entry_at(id);
  Entry* before = page->entry(at);
  page->slots[at] = new Entry(id, std::move(document));
  return {before->document(), Kept(before)};
}

// The page for a new id, of this map alone and not full.
Documents::Page* Documents::make_room(std::string_view id) {
  root_ = writable(root_);
  if (root_->count == page_entries) {
    Page* above = new Page(false);
    above->slots[0] = root_;
    above->count = 1;
    above->from.emplace_back();
    root_ = above;
    split_child(*root_, 0);
  }
  Page* page = root_;
  while (!page->leaf) {
    uint32_t at = page->child_at(id);
    if (page->child(at)->count == page_entries) {
      split_child(*page, at);
      at = page->child_at(id);
    }
    page = &page->writable_child(at);
  }
  return page;
}

Documents::Replaced Documents::erase(std::string_view id) {
  ++changes_;
  --size_;
  std::vector<std::pair<Page*, uint32_t>> way;
  Page* page = root_ = writable(root_);
  while (!page->leaf) {
    uint32_t at = page->child_at(id);
    way.emplace_back(page, at);
    page = &page->writable_child(at);
  }
  uint32_t at = page->entry_at(id);
  Entry* entry = page->entry(at);
  page->close_gap(at);
  for (; !way.empty(); way.pop_back()) mend_child(*way.back().first, way.back().second);
  while (!root_->leaf && root_->count == 1) {
    Page* only = root_->child(0);
    only->refs.fetch_add(1, std::memory_order_relaxed);
    release(std::exchange(root_, only));
  }
  if (root_->count == 0) release(std::exchange(root_, nullptr));
  return {entry->document(), Kept(entry)};
}

// To the first entry that is not before id (behind: that is behind it), nullptr where there is
// none.
Documents::Entry* Documents::descend(Path& path, std::string_view id, bool behind) const {
  path.depth = 0;
  if (!root_) return nullptr;
  const Page* page = root_;
  for (; !page->leaf; page = page->child(path.top().at))
    path.steps[path.depth++] = {page, page->child_at(id)};
  uint32_t at = page->entry_at(id, behind);
  path.steps[path.depth++] = {page, at};
  if (at < page->count) return page->entry(at);
  // All in this page are before it: the first of the next one is the one.
  while (path.depth > 0 && path.top().at + 1 >= path.top().page->count) --path.depth;
  if (path.depth == 0) return nullptr;
  ++path.top().at;
  for (page = path.top().page; !page->leaf;) {
    page = page->child(path.top().at);
    path.steps[path.depth++] = {page, 0};
  }
  return page->entry(0);
}

// To the last entry before id, to the last of all for nullptr; nullptr where there is none.
Documents::Entry* Documents::descend_before(Path& path, const std::string* id) const {
  path.depth = 0;
  if (!root_) return nullptr;
  const Page* page = root_;
  for (; !page->leaf; page = page->child(path.top().at))
    path.steps[path.depth++] = {page, id ? page->child_at(*id) : page->count - 1};
  uint32_t behind = id ? page->entry_at(*id) : page->count;
  path.steps[path.depth++] = {page, behind - 1};
  if (behind > 0) return page->entry(behind - 1);
  --path.depth;
  while (path.depth > 0 && path.top().at == 0) --path.depth;
  if (path.depth == 0) return nullptr;
  --path.top().at;
  for (page = path.top().page; !page->leaf;) {
    page = page->child(path.top().at);
    path.steps[path.depth++] = {page, page->count - 1};
  }
  return page->entry(page->count - 1);
}

Documents::const_iterator Documents::begin() const {
  return lower_bound("");
}

Documents::const_iterator Documents::end() const {
  return const_iterator(*this);
}

Documents::const_iterator Documents::lower_bound(std::string_view id) const {
  const_iterator it(*this);
  it.entry_ = descend(it.path_, id, false);
  return it;
}

Documents::const_iterator Documents::upper_bound(std::string_view id) const {
  const_iterator it(*this);
  it.entry_ = descend(it.path_, id, true);
  return it;
}

Documents::const_iterator Documents::find(std::string_view id) const {
  const_iterator it = lower_bound(id);
  return it.entry_ && it->first == id ? it : end();
}

Documents::const_iterator::reference Documents::const_iterator::operator*() const {
  return entry_->parsed();
}

const std::string& Documents::const_iterator::id() const {
  return entry_->item.first;
}

std::string Documents::const_iterator::cbor() const {
  std::string kept = entry_->kept_cbor();
  return kept.empty() ? to_cbor(entry_->parsed().second) : kept;
}

size_t Documents::const_iterator::cbor_size() const {
  std::string kept = entry_->kept_cbor();
  return kept.empty() ? mainstay::cbor_size(entry_->parsed().second) : kept.size();
}

Documents::const_iterator& Documents::const_iterator::operator++() {
  if (changes_ == of_->changes_ && path_.top().at + 1 < path_.top().page->count) {
    entry_ = path_.top().page->entry(++path_.top().at);
    return *this;
  }
  changes_ = of_->changes_;
  entry_ = of_->descend(path_, entry_->item.first, true);
  return *this;
}

Documents::const_iterator& Documents::const_iterator::operator--() {
  if (entry_ && changes_ == of_->changes_ && path_.top().at > 0) {
    entry_ = path_.top().page->entry(--path_.top().at);
    return *this;
  }
  changes_ = of_->changes_;
  entry_ = of_->descend_before(path_, entry_ ? &entry_->item.first : nullptr);
  return *this;
}

}  // namespace mainstay::store
