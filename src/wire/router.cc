#include "wire/router.hh"

#include <algorithm>

#include "base/text.hh"
#include "wire/http_binding.hh"

namespace mainstay::wire {
namespace {

enum Rank : uint8_t { greedy_rank, label_rank, literal_rank };

bool has_parameter(std::string_view query, std::string_view name, const std::string_view* value) {
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    std::string_view found = pair.substr(0, pair.find('='));
    if (found != name && percent_decode(found) != name) continue;
    if (value == nullptr || value->empty()) return true;
    if (pair.size() > found.size() && percent_decode(pair.substr(found.size() + 1)) == *value)
      return true;
  }
  return false;
}

std::string key_of(std::string_view method, std::string_view first) {
  std::string key(method);
  key += ' ';
  key += first;
  return key;
}

std::string_view first_segment(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  return path.substr(0, path.find('/'));
}

}  // namespace

Router::Route Router::route_of(const Operation& operation) {
  Route route;
  route.operation = &operation;
  for (const PathSegment& segment : operation.path)
    route.shape.push_back(segment.kind == PathSegment::Kind::literal ? literal_rank
                          : segment.kind == PathSegment::Kind::label ? label_rank
                                                                     : greedy_rank);
  if (operation.input == nullptr) return route;
  for (const Member& member : operation.input->members) {
    if (!member.required) continue;
    if (member.location == Location::querystring) route.query.push_back(member.wire_name);
    if (member.location == Location::header) route.headers.push_back(member.wire_name);
  }
  return route;
}

bool Router::better(const Route& a, const Route& b) {
  if (a.shape != b.shape) return a.shape > b.shape;
  if (a.literals() != b.literals()) return a.literals() > b.literals();
  if (a.conditions() != b.conditions()) return a.conditions() > b.conditions();
  if (a.operation->deprecated != b.operation->deprecated) return b.operation->deprecated;
  return a.operation->name < b.operation->name;
}

Router::Router(const Model& model) {
  for (const Operation& operation : model.operations()) {
    bool literal =
        !operation.path.empty() && operation.path.front().kind == PathSegment::Kind::literal;
    std::string_view first = literal ? operation.path.front().text : std::string_view();
    routes_[key_of(operation.method, first)].push_back(route_of(operation));
  }
  for (auto& [key, routes] : routes_) std::ranges::stable_sort(routes, better);
}

const Operation* Router::best(const std::vector<Route>& routes, std::string_view path,
                              std::string_view query, const Headers* headers) {
  const Route* incomplete = nullptr;
  for (const Route& route : routes) {
    if (incomplete != nullptr &&
        (incomplete->literals() > route.literals() || incomplete->shape != route.shape))
      break;
    auto has = [&](const auto& literal) {
      return has_parameter(query, literal.first, &literal.second);
    };
    if (!std::ranges::all_of(route.operation->query_literals, has)) continue;
    std::vector<std::string_view> labels;
    if (!match_path(route.operation->path, path, labels)) continue;
    if (complete(route, query, headers)) return route.operation;
    incomplete = &route;
  }
  return incomplete == nullptr ? nullptr : incomplete->operation;
}

bool Router::complete(const Route& route, std::string_view query, const Headers* headers) {
  return std::ranges::all_of(
             route.query,
             [&](std::string_view name) { return has_parameter(query, name, nullptr); }) &&
         std::ranges::all_of(route.headers, [&](std::string_view name) {
           return headers == nullptr || headers->has(name);
         });
}

const Operation* Router::match(std::string_view method, std::string_view path,
                               std::string_view query, const Headers* headers) const {
  std::string_view first = first_segment(path);
  for (std::string_view key : {first, std::string_view()}) {
    auto routes = routes_.find(key_of(method, key));
    if (routes == routes_.end()) continue;
    if (const Operation* found = best(routes->second, path, query, headers)) return found;
  }
  return nullptr;
}

}  // namespace mainstay::wire
