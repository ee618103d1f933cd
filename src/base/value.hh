// Value: the one dynamic document type. JSON's kinds, plus bytes and timestamps as service models
// have them. Maps keep insertion order and find in constant time.
//
// Lists and maps are copy-on-write: copying a Value is cheap and the copy is independent. A Value
// may be read by many threads at once; a writer needs the Value (not the contents it shares with
// copies) to itself. Depth is bounded by whoever parses (json.hh, cbor.hh), so recursion is safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.hh"

namespace mainstay {

class Value;
class Map;
using List = std::vector<Value>;

// A byte string, told apart from text.
struct Bytes {
  std::string data;
  bool operator==(const Bytes&) const = default;
};

// An intrusive copy-on-write pointer.
template <class T>
class Shared {
 public:
  template <class... A>
  static Shared make(A&&... a) {
    Shared s;
    s.box_ = new Box{{1}, T(std::forward<A>(a)...)};
    return s;
  }
  Shared(const Shared& o) noexcept : box_(o.box_) {
    if (box_) box_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  Shared(Shared&& o) noexcept : box_(std::exchange(o.box_, nullptr)) {}
  Shared& operator=(Shared o) noexcept {
    std::swap(box_, o.box_);
    return *this;
  }
  ~Shared() {
    if (box_ && box_->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) delete box_;
  }
  const T& read() const { return box_->value; }
  T& write() {
    if (box_->refs.load(std::memory_order_acquire) != 1) *this = make(box_->value);
    return box_->value;
  }
  bool same(const Shared& o) const { return box_ == o.box_; }

 private:
  Shared() = default;
  struct Box {
    std::atomic<uint32_t> refs;
    T value;
  };
  Box* box_ = nullptr;
};

class Value {
 public:
  enum class Kind : uint8_t { null, boolean, integer, real, string, bytes, time, list, map };
  using Member = std::pair<std::string, Value>;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool b) : data_(b) {}
  template <class I>
    requires(std::is_integral_v<I> && !std::is_same_v<I, bool>)
  Value(I i) : data_(static_cast<int64_t>(i)) {}
  Value(double d) : data_(d) {}
  Value(std::string s) : data_(std::move(s)) {}
  Value(std::string_view s) : data_(std::string(s)) {}
  Value(const char* s) : data_(std::string(s)) {}
  Value(Bytes b) : data_(std::move(b)) {}
  Value(Time t) : data_(t) {}
  Value(List l);
  Value(Map m);
  template <class P>
    requires(std::is_pointer_v<P> && !std::is_same_v<P, const char*> && !std::is_same_v<P, char*>)
  Value(P) = delete;  // a pointer is not a boolean

  static Value list(std::initializer_list<Value> items = {});
  static Value map(std::initializer_list<Member> members = {});
  static Value texts(const std::vector<std::string>& items);  // a list of strings

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::null; }
  bool is_bool() const { return kind() == Kind::boolean; }
  bool is_int() const { return kind() == Kind::integer; }
  bool is_real() const { return kind() == Kind::real; }
  bool is_number() const { return is_int() || is_real(); }
  bool is_string() const { return kind() == Kind::string; }
  bool is_bytes() const { return kind() == Kind::bytes; }
  bool is_time() const { return kind() == Kind::time; }
  bool is_list() const { return kind() == Kind::list; }
  bool is_map() const { return kind() == Kind::map; }
  bool is_scalar() const { return !is_list() && !is_map(); }

  // Readers never fail: another kind reads as the default.
  bool as_bool(bool otherwise = false) const;
  int64_t as_int(int64_t otherwise = 0) const;  // also from a whole real
  double as_real(double otherwise = 0) const;   // also from an integer
  const std::string& as_string() const;         // "" unless a string
  const std::string& as_bytes() const;          // data of bytes or a string, else ""
  Time as_time(Time otherwise = {}) const;
  const List& items() const;   // empty unless a list
  const Map& members() const;  // empty unless a map
  // Text of a scalar as CloudFormation and query protocols write it (true, 1, 1.5); "" for others.
  std::string to_text() const;

  size_t size() const;  // of a list or map, else 0
  bool empty() const { return size() == 0; }

  // Of a map: the member, or nullptr.
  const Value* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  // Of a map: the member, or a null Value. Chains: v["a"]["b"].
  const Value& operator[](std::string_view key) const;
  const Value& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  // Of a list: the item, or a null Value.
  const Value& at(size_t index) const;
  // Member by dotted path; whole numbers index lists: "Vpc.Tags.0.Key".
  const Value& at_path(std::string_view path) const;

  // Writers turn the Value into the kind they need and unshare it.
  List& make_list();
  Map& make_map();
  Value& set(std::string_view key, Value v);  // returns *this
  Value& member(std::string_view key);        // inserted as null where absent
  bool erase(std::string_view key);
  void push_back(Value v);

  bool operator==(const Value& o) const;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Bytes, Time, Shared<List>,
               Shared<Map>>
      data_;
};

const char* kind_name(Value::Kind kind);

// An insertion-ordered map from text to Value.
class Map {
 public:
  using Member = Value::Member;
  using const_iterator = std::vector<Member>::const_iterator;

  Map() = default;
  size_t size() const { return members_.size(); }
  bool empty() const { return members_.empty(); }
  const_iterator begin() const { return members_.begin(); }
  const_iterator end() const { return members_.end(); }
  const Member& nth(size_t i) const { return members_[i]; }
  Value& nth_value(size_t i) { return members_[i].second; }

  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  static constexpr size_t npos = static_cast<size_t>(-1);
  size_t position(std::string_view key) const;  // its place in order, or npos
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  Value& operator[](std::string_view key);  // inserts null
  void set(std::string_view key, Value v) { (*this)[key] = std::move(v); }
  bool erase(std::string_view key);  // linear
  void reserve(size_t n) { members_.reserve(n); }
  void sort();  // by key, bytewise

 private:
  void rebuild();

  std::vector<Member> members_;
  std::vector<uint32_t> table_;  // open addressing, only for more than a few members; 0 is free
};

}  // namespace mainstay
