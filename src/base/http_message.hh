// HTTP messages as plain data, shared by the wire (which makes and reads them) and http (which
// moves them). No I/O here. Bodies are whole, and whoever reads from outside bounds their size; or
// they are pulled and pushed in pieces (http_body.hh).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay {

class BodySink;
class BodySource;

// Header fields in order; names compare without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  const std::string* find(std::string_view name) const;  // the first of that name, or nullptr
  std::string_view get(std::string_view name) const;     // "" where absent
  bool has(std::string_view name) const { return find(name) != nullptr; }
  void set(std::string_view name, std::string value);  // replaces every field of that name
  void add(std::string_view name, std::string value) {
    fields_.emplace_back(name, std::move(value));
  }
  void erase(std::string_view name);
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

struct HttpRequest {
  std::string method = "GET";
  std::string path = "/";  // as sent, percent-encoded, without the query
  std::string query;       // as sent, without '?'
  Headers headers;
  std::string body;
  std::string peer;  // address of the sender, "" in process
  // What took the body, which is empty then; null where it is whole.
  std::shared_ptr<BodySink> sink = {};
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
  // Where the body comes from instead; null where it is whole.
  std::shared_ptr<BodySource> source = {};
};

}  // namespace mainstay
