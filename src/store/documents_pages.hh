// What Documents (documents.hh) are made of; for documents.cc alone.
#pragma once

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "store/documents.hh"

namespace mainstay::store {

struct Documents::Node {
  std::atomic<uint32_t> refs{1};
  bool shared() const { return refs.load(std::memory_order_acquire) != 1; }
};

struct Documents::Entry : Node {
  mutable value_type item;
  mutable std::atomic<std::string*> unparsed{nullptr};  // the document, until it is looked at
  Entry(std::string_view id, Value document) : item(std::string(id), std::move(document)) {}
  ~Entry() { delete unparsed.load(std::memory_order_relaxed); }
  const value_type& parsed() const {
    if (unparsed.load(std::memory_order_acquire)) [[unlikely]]
      parse();
    return item;
  }
  Value& document() { return parsed(), item.second; }
  void parse() const;
  // What it was kept as, "" where it was parsed.
  std::string kept_cbor() const;
};

// A leaf has entries in id order. Above, a page has children, and of each but the first the least
// id that may stand in it.
struct Documents::Page : Node {
  const bool leaf;
  uint32_t count = 0;
  std::array<Node*, page_entries> slots;  // all entries, or all pages
  std::vector<std::string> from;          // [i]: of child(i); [0] is not looked at

  explicit Page(bool is_leaf) : leaf(is_leaf) {}
  ~Page() {
    for (uint32_t i = 0; i < count; ++i) leaf ? release(entry(i)) : release(child(i));
  }
  Entry* entry(uint32_t i) const { return static_cast<Entry*>(slots[i]); }
  Page* child(uint32_t i) const { return static_cast<Page*>(slots[i]); }
  Page& writable_child(uint32_t i) {
    Page* own = writable(child(i));
    slots[i] = own;
    return *own;
  }
  // With the same entries or children.
  Page* copy() const {
    Page* made = new Page(leaf);
    made->count = count;
    std::copy(slots.begin(), slots.begin() + count, made->slots.begin());
    made->from = from;
    for (uint32_t i = 0; i < count; ++i) slots[i]->refs.fetch_add(1, std::memory_order_relaxed);
    return made;
  }
  // The first entry that is not before id (behind: that is behind it).
  uint32_t entry_at(std::string_view id, bool behind = false) const {
    auto before = [&](const Node* node) {
      const std::string& there = static_cast<const Entry*>(node)->item.first;
      return behind ? there <= id : there < id;
    };
    return static_cast<uint32_t>(
        std::partition_point(slots.begin(), slots.begin() + count, before) - slots.begin());
  }
  // The child where id belongs.
  uint32_t child_at(std::string_view id) const {
    auto at = std::partition_point(from.begin() + 1, from.end(),
                                   [&](const std::string& least) { return least <= id; });
    return static_cast<uint32_t>(at - from.begin()) - 1;
  }
  void open_gap(uint32_t at) {
    std::copy_backward(slots.begin() + at, slots.begin() + count, slots.begin() + count + 1);
    ++count;
  }
  void close_gap(uint32_t at) {
    std::copy(slots.begin() + at + 1, slots.begin() + count, slots.begin() + at);
    --count;
    if (!leaf) from.erase(from.begin() + at);
  }
  // Moves what stands from `at` on to the end of another page.
  void move_to(Page& other, uint32_t at) {
    std::copy(slots.begin() + at, slots.begin() + count, other.slots.begin() + other.count);
    other.count += count - at;
    if (!leaf) {
      std::move(from.begin() + at, from.end(), std::back_inserter(other.from));
      from.resize(at);
    }
    count = at;
  }
};

}  // namespace mainstay::store
