#include "cfn/yaml_reader.hh"

#include "cfn/flow_ends.hh"

#include <libfyaml.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/text.hh"
#include "cfn/short_forms.hh"
#include "cfn/yaml_scalar.hh"

namespace mainstay::cfn {
namespace {

// A finished value, with the number of nodes it stands for.
struct Node {
  Value value;
  Places places;
  size_t nodes = 1;
};

Place place_of(const fy_mark* mark) {
  if (!mark) return {};
  return {static_cast<uint32_t>(mark->line) + 1, static_cast<uint32_t>(mark->column) + 1};
}

std::string text_of(fy_token* token) {
  size_t length = 0;
  const char* text = token ? fy_token_get_text(token, &length) : nullptr;
  return text ? std::string(text, length) : std::string();
}

// A list or map whose end has not come yet.
struct Frame {
  bool is_map = false;
  std::string tag, anchor;
  Place place;
  List items;
  Map map;
  std::vector<Places> children;
  std::unordered_map<std::string, size_t> index;  // of a map's keys
  std::vector<Node> merged;                       // values of <<, in order
  std::optional<std::string> key;                 // read, its value still to come
  Place key_place;
  bool key_merges = false;
  size_t nodes = 1;

  void set(const std::string& name, Value v, Places p) {
    auto [slot, is_new] = index.try_emplace(name, children.size());
    if (is_new) {
      children.push_back(std::move(p));
    } else {
      children[slot->second] = std::move(p);
    }
    map.set(name, std::move(v));
  }
};

class Reader {
 public:
  Reader(const ParseOptions& options, const std::string& file, bool json)
      : options_(options), file_(file), json_(json) {}

  Status take(fy_event* event) {
    switch (event->type) {
      case FYET_DOCUMENT_START:
        if (++documents_ > 1)
          return fail("the file holds more than one YAML document", place_of(event));
        return {};
      case FYET_SCALAR:
        return scalar(event);
      case FYET_ALIAS:
        return alias(event);
      case FYET_MAPPING_START:
        return open(true, event->mapping_start.tag, event->mapping_start.anchor, place_of(event));
      case FYET_SEQUENCE_START:
        return open(false, event->sequence_start.tag, event->sequence_start.anchor,
                    place_of(event));
      case FYET_MAPPING_END:
      case FYET_SEQUENCE_END:
        return close();
      default:
        return {};
    }
  }

  Error fail(std::string what, Place place) const {
    Position at{file_, static_cast<int>(place.line), static_cast<int>(place.column)};
    if (!options_.is_template) return Error("ConfigInvalid", std::move(what)).where(at);
    return Error("ValidationError", "Template format error: " + what).where(at);
  }

  // What libfyaml could not read.
  Error fail_syntax(const std::string& reason, Place place) const {
    Position at{file_, static_cast<int>(place.line), static_cast<int>(place.column)};
    std::string kind = json_ ? "JSON" : "YAML";
    if (!options_.is_template)
      return Error("ConfigInvalid", kind + " not well-formed: " + reason).where(at);
    // AWS's reader of JSON tells where it stood after the wrong character (recorded).
    size_t column = place.column + (json_ ? 1 : 0);
    return Error("ValidationError", "Template format error: " + kind + " not well-formed. (line " +
                                        std::to_string(place.line) + ", column " +
                                        std::to_string(column) + ")")
        .where(at)
        .with_hint(reason);
  }

  Node root;

 private:
  // Where the part is written: its tag if it has one, the opening quote of a quoted scalar, and
  // for one that is left out (as in "key:") the key.
  Place place_of(fy_event* event) const {
    if (fy_token* tag = fy_event_get_tag_token(event))
      return cfn::place_of(fy_token_start_mark(tag));
    const fy_mark* mark = fy_event_start_mark(event);
    if (!mark) return open_.empty() ? Place{} : open_.back().key_place;
    Place place = cfn::place_of(mark);
    if (event->type != FYET_SCALAR || !event->scalar.value || place.column < 2) return place;
    fy_scalar_style style = fy_token_scalar_style(event->scalar.value);
    if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) --place.column;
    return place;
  }

  bool wants_key() const {
    return !open_.empty() && open_.back().is_map && !open_.back().key.has_value();
  }

  Status scalar(fy_event* event) {
    std::string text = text_of(event->scalar.value);
    std::string tag = text_of(event->scalar.tag);
    bool plain = !event->scalar.value || fy_token_scalar_style(event->scalar.value) == FYSS_PLAIN;
    Place place = place_of(event);
    if (wants_key()) return take_key(std::move(text), place, plain && tag.empty());
    Node node{{}, Places{place, place, {}}};
    std::string form = options_.short_forms ? long_form_name(tag) : "";
    if (!form.empty()) {
      node.value = std::move(text);
      apply_short_form(form, place, node.value, node.places);
    } else {
      TRY(node.value, tagged_scalar(tag, std::move(text), plain, place));
    }
    return finish(std::move(node), text_of(event->scalar.anchor));
  }

  Result<Value> tagged_scalar(const std::string& tag, std::string text, bool plain, Place place) {
    if (tag.empty()) {
      if (!plain) return Value(std::move(text));
      return json_ ? resolve_json_scalar(text) : resolve_plain_scalar(text);
    }
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return Value(std::move(text));
    Value v = resolve_plain_scalar(text);
    if (tag == "tag:yaml.org,2002:null" && v.is_null()) return v;
    if (tag == "tag:yaml.org,2002:bool" && v.is_bool()) return v;
    if (tag == "tag:yaml.org,2002:int" && v.is_int()) return v;
    if (tag == "tag:yaml.org,2002:float" && v.is_number()) return Value(v.as_real());
    if (tag == "tag:yaml.org,2002:timestamp") return Value(std::move(text));
    return unknown_tag(tag, place);
  }

  Error unknown_tag(const std::string& tag, Place place) const {
    Error e = fail("the tag " + tag + " is not supported here", place);
    if (options_.short_forms)
      return std::move(e).with_hint("only CloudFormation's short forms, such as !Ref, are tags");
    return e;
  }

  Status take_key(std::string text, Place place, bool plain) {
    Frame& frame = open_.back();
    frame.key_merges = plain && text == "<<" && !json_;
    if (frame.key_merges && options_.is_template)
      return fail("YAML hash merges are not allowed in CloudFormation templates", place);
    if (!frame.key_merges)
      if (auto seen = frame.index.find(text); seen != frame.index.end()) {
        const Place& first = frame.children[seen->second].key;
        return fail("duplicate key '" + printable(text) + "': it stands at line " +
                        std::to_string(first.line) + ", column " + std::to_string(first.column) +
                        " already",
                    place);
      }
    frame.key = std::move(text);
    frame.key_place = place;
    return {};
  }

  Status open(bool is_map, fy_token* tag, fy_token* anchor, Place place) {
    if (wants_key()) return fail("a key must be a plain value, not a list or a map", place);
    if (open_.size() >= static_cast<size_t>(options_.depth_max))
      return fail("nested deeper than " + std::to_string(options_.depth_max) + " levels", place);
    Frame& frame = open_.emplace_back();
    frame.is_map = is_map;
    frame.tag = text_of(tag);
    frame.anchor = text_of(anchor);
    frame.place = place;
    return {};
  }

  Status close() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    CHECK_OK(merge(frame));
    Node node;
    node.nodes = frame.nodes;
    node.places = Places{frame.place, frame.place, std::move(frame.children)};
    node.value = frame.is_map ? Value(std::move(frame.map)) : Value(std::move(frame.items));
    const char* own = frame.is_map ? "tag:yaml.org,2002:map" : "tag:yaml.org,2002:seq";
    if (!frame.tag.empty() && frame.tag != own && frame.tag != "!") {
      std::string form = options_.short_forms ? long_form_name(frame.tag) : "";
      if (form.empty()) return unknown_tag(frame.tag, frame.place);
      apply_short_form(form, frame.place, node.value, node.places);
    }
    return finish(std::move(node), frame.anchor);
  }

  // Own members win over merged ones, and earlier merges over later ones (YAML's merge type).
  Status merge(Frame& frame) {
    for (Node& from : frame.merged) {
      if (from.value.is_map()) {
        add_missing(frame, from.value, from.places);
        continue;
      }
      if (!from.value.is_list())
        return fail("<< merges a map, or a list of maps", from.places.value);
      for (size_t i = 0; i < from.value.size(); ++i) {
        if (!from.value.at(i).is_map())
          return fail("<< merges a map, or a list of maps", from.places.children[i].value);
        add_missing(frame, from.value.at(i), from.places.children[i]);
      }
    }
    return {};
  }

  static void add_missing(Frame& frame, const Value& from, const Places& places) {
    size_t i = 0;
    for (const auto& [key, value] : from.members()) {
      const Places& place = places.children[i++];
      if (!frame.index.contains(key)) frame.set(key, value, place);
    }
  }

  Status alias(fy_event* event) {
    std::string name = text_of(event->alias.anchor);
    Place place = place_of(event);
    if (options_.is_template)
      return Error("ValidationError",
                   "Template error: YAML aliases are not allowed in CloudFormation templates")
          .where({file_, static_cast<int>(place.line), static_cast<int>(place.column)});
    auto found = anchors_.find(name);
    if (found == anchors_.end())
      return fail("the alias *" + name + " names no anchor that is complete here", place);
    if (wants_key()) {
      if (!found->second.value.is_scalar())
        return fail("a key must be a plain value, not a list or a map", place);
      return take_key(found->second.value.to_text(), place, false);
    }
    return finish(found->second, "");
  }

  Status finish(Node node, const std::string& anchor) {
    if (!anchor.empty()) anchors_[anchor] = node;
    if (open_.empty()) {
      root = std::move(node);
      return {};
    }
    Frame& frame = open_.back();
    frame.nodes += node.nodes;
    total_ = std::max(total_ + 1, frame.nodes);
    if (frame.nodes > options_.nodes_max || total_ > options_.nodes_max)
      return fail("more than " + std::to_string(options_.nodes_max) +
                      " values, counting each use of an alias",
                  node.places.value);
    if (!frame.is_map) {
      frame.children.push_back(std::move(node.places));
      frame.items.push_back(std::move(node.value));
      return {};
    }
    node.places.key = frame.key_place;
    std::string key = std::move(*frame.key);
    frame.key.reset();
    if (frame.key_merges) {
      frame.merged.push_back(std::move(node));
    } else {
      frame.set(key, std::move(node.value), std::move(node.places));
    }
    return {};
  }

  const ParseOptions& options_;
  const std::string& file_;
  bool json_;
  int documents_ = 0;
  size_t total_ = 0;
  std::vector<Frame> open_;
  std::unordered_map<std::string, Node> anchors_;
};

void discard(fy_diag*, void*, const char*, size_t) {}

struct Closer {
  void operator()(fy_parser* parser) const { fy_parser_destroy(parser); }
  void operator()(fy_diag* diag) const { fy_diag_destroy(diag); }
};

// The first complaint that libfyaml collected.
Error syntax_error(fy_diag* diag, const Reader& reader) {
  void* previous = nullptr;
  if (fy_diag_error* e = fy_diag_errors_iterate(diag, &previous)) {
    auto number = [](int n) { return n > 0 ? static_cast<uint32_t>(n) : 0; };
    return reader.fail_syntax(e->msg ? e->msg : "unreadable", {number(e->line), number(e->column)});
  }
  return reader.fail_syntax("unreadable", {});
}

}  // namespace

namespace {

Status read_as(std::string_view text, const ParseOptions& options, bool json, Document& document) {
  fy_diag_cfg diag_config;
  fy_diag_cfg_default(&diag_config);
  diag_config.fp = nullptr;
  diag_config.output_fn = discard;
  diag_config.colorize = false;
  std::unique_ptr<fy_diag, Closer> diag(fy_diag_create(&diag_config));
  fy_diag_set_collect_errors(diag.get(), true);
  fy_parse_cfg config{};
  config.flags = static_cast<fy_parse_cfg_flags>(FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_1 |
                                                 (json ? FYPCF_JSON_FORCE : FYPCF_JSON_NONE));
  config.diag = diag.get();
  std::unique_ptr<fy_parser, Closer> parser(fy_parser_create(&config));
  if (!parser || fy_parser_set_string(parser.get(), text.data(), text.size()) != 0)
    return Error("ConfigInvalid", "the YAML reader could not start");
  Reader reader(options, document.file, json);
  bool ended = false;
  while (fy_event* event = fy_parser_parse(parser.get())) {
    ended = event->type == FYET_STREAM_END;
    Status taken = reader.take(event);
    fy_parser_event_free(parser.get(), event);
    CHECK_OK(std::move(taken));
    if (ended) break;
  }
  if (!ended || fy_diag_got_error(diag.get())) return syntax_error(diag.get(), reader);
  document.root = std::move(reader.root.value);
  document.places = std::move(reader.root.places);
  return {};
}

}  // namespace

// What is not well-formed by the letter may be so to PyYAML and AWS: JSON with a comma after the
// last member; ends of flow collections that stand too far left. If not, the first complaint
// counts.
Status read_yaml(std::string_view text, const ParseOptions& options, Document& document) {
  size_t start = text.find_first_not_of(" \t\r\n");
  bool json = start != std::string_view::npos && text[start] == '{';
  Status read = read_as(text, options, json, document);
  if (read.has_value() || !read.error().message.contains(" not well-formed")) return read;
  Document again{document.file, {}, {}};
  std::string mended = json ? without_last_commas(text) : with_flow_ends_indented(text);
  if (mended.empty() || !read_as(mended, options, json, again).has_value()) return read;
  document = std::move(again);
  return {};
}

}  // namespace mainstay::cfn
