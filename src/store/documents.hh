// Documents by id, in id order: a map from text to Value that is copied in no time.
//
// A copy shares everything with the original until one of them changes; then what is changed, and
// the way to it, is copied (a B-tree of shared pages). A copy is independent of the original, also
// of its thread; one object is changed by one thread at a time, with nobody reading.
//
// References to documents and ids are good until their document is changed or removed; whoever
// keeps what put() hands out keeps them longer. Iterators are good as long as the id that they
// stand at is there, or kept so: where documents were put or removed since, they go on at the next
// id, as those of std::map do.
//
// A document may be put as the bytes it was kept as (CBOR): it is parsed when it is first looked
// at, by whoever comes first, so a state that is opened takes time and memory for what is used of
// it.
//
// Costs: put, remove and find take logarithmic time, a copy constant time and no memory; the first
// change behind a copy copies a few pages of 64 pointers.
#pragma once

#include <array>
#include <atomic>
#include <compare>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "base/value.hh"

namespace mainstay::store {

inline constexpr int cbor_depth_max = 256;  // of documents

class Documents {
  struct Node;
  struct Entry;
  struct Page;

 public:
  using value_type = std::pair<const std::string, Value>;
  class const_iterator;

  Documents() = default;
  Documents(const Documents& other);
  Documents(Documents&& other) noexcept;
  Documents& operator=(Documents other) noexcept;
  ~Documents();

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const_iterator begin() const;
  const_iterator end() const;
  const_iterator find(std::string_view id) const;
  const_iterator lower_bound(std::string_view id) const;
  const_iterator upper_bound(std::string_view id) const;
  // nullptr where there is none.
  const Value* document(std::string_view id) const;
  bool contains(std::string_view id) const { return document(id) != nullptr; }

  // What a change took out of the map: keeps it, and references to it, for whoever holds this.
  class Kept {
   public:
    Kept() = default;
    Kept(Kept&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
    Kept& operator=(Kept&& other) noexcept {
      std::swap(entry_, other.entry_);
      return *this;
    }
    ~Kept();

   private:
    friend class Documents;
    explicit Kept(Entry* entry) : entry_(entry) {}
    Entry* entry_ = nullptr;
  };
  struct Replaced {
    Value before;  // null: there was none
    Kept kept;
  };
  // Puts a document, or removes it where that is null.
  Replaced put(std::string_view id, Value document);
  // Puts one that is not there yet, as bytes that CborSkimmer lets pass.
  void put_cbor(std::string_view id, std::string_view cbor);

 private:
  static constexpr size_t page_entries = 64;
  static constexpr size_t depth_max = 12;  // pages are a quarter full at least: 16^12 documents
  struct Step {
    const Page* page;
    uint32_t at;
  };
  struct Path {
    std::array<Step, depth_max> steps;
    uint32_t depth = 0;
    Step& top() { return steps[depth - 1]; }
  };

  static void release(Page* page);
  static void release(Entry* entry);
  static Page* writable(Page* page);
  static void split_child(Page& parent, uint32_t at);
  static void mend_child(Page& parent, uint32_t at);
  Page* leaf_of(std::string_view id, bool& shared) const;
  Page* make_room(std::string_view id);
  void insert(Page* page, bool shared, std::string_view id, Entry* entry);
  Replaced replace(std::string_view id, Value document);
  Replaced erase(std::string_view id);
  Entry* descend(Path& path, std::string_view id, bool behind) const;
  Entry* descend_before(Path& path, const std::string* id) const;

  Page* root_ = nullptr;
  size_t size_ = 0;
  uint64_t changes_ = 0;  // of the pages: iterators from before look their place up again
};

class Documents::const_iterator {
 public:
  using iterator_category = std::bidirectional_iterator_tag;
  using value_type = Documents::value_type;
  using difference_type = std::ptrdiff_t;
  using pointer = const value_type*;
  using reference = const value_type&;

  const_iterator() = default;
  reference operator*() const;
  pointer operator->() const { return &**this; }
  const_iterator& operator++();
  const_iterator& operator--();
  const_iterator operator++(int) {
    const_iterator before = *this;
    ++*this;
    return before;
  }
  const_iterator operator--(int) {
    const_iterator before = *this;
    --*this;
    return before;
  }
  bool operator==(const const_iterator& other) const { return entry_ == other.entry_; }
  // The document as CBOR; it is not parsed for that.
  std::string cbor() const;
  size_t cbor_size() const;
  const std::string& id() const;

 private:
  friend class Documents;
  const_iterator(const Documents& of) : of_(&of), changes_(of.changes_) {}

  const Documents* of_ = nullptr;
  Entry* entry_ = nullptr;  // nullptr: the end
  uint64_t changes_ = 0;
  Path path_;
};

}  // namespace mainstay::store
