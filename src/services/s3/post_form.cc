#include "services/s3/post_form.hh"

#include "base/text.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t before_file_bytes_max = 20'480;  // "POST Object", "form fields"

Error malformed_post() {
  return aws_error("MalformedPOSTRequest",
                   "The body of your POST request is not well-formed multipart/form-data.");
}

// A parameter of a header's value: `form-data; name="key"; filename="a.txt"`.
std::optional<std::string> parameter_of(std::string_view header, std::string_view name) {
  size_t at = header.find(';');
  while (at != std::string_view::npos) {
    header.remove_prefix(at + 1);
    std::string_view item = trim(header);
    size_t equals = item.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::string_view key = trim(item.substr(0, equals)), value = item.substr(equals + 1);
    std::string text;
    if (value.starts_with('"')) {
      size_t i = 1;
      for (; i < value.size() && value[i] != '"'; ++i) {
        if (value[i] == '\\' && i + 1 < value.size() && value[i + 1] == '"') ++i;
        text += value[i];
      }
      header = value.substr(std::min(i, value.size()));
    } else {
      text = trim(value.substr(0, value.find(';')));
      header = value;
    }
    if (equals_ignoring_case(key, name)) return text;
    at = header.find(';');
  }
  return std::nullopt;
}

struct Part {
  std::string name, type;
  std::optional<std::string> file_name;
  std::string_view content;
};

Result<Part> read_part(std::string_view text) {
  size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return malformed_post();
  Part part;
  part.content = text.substr(end + 4);
  for (const std::string& line : split(text.substr(0, end), "\r\n")) {
    size_t colon = line.find(':');
    std::string name = to_lower(trim(line.substr(0, colon)));
    std::string_view value =
        colon == std::string::npos ? std::string_view() : trim(line).substr(colon + 1);
    if (name == "content-type") part.type = trim(value);
    if (name != "content-disposition") continue;
    part.name = parameter_of(value, "name").value_or("");
    part.file_name = parameter_of(value, "filename");
  }
  if (part.name.empty()) return malformed_post();
  return part;
}

}  // namespace

const std::string* PostForm::find(std::string_view name) const {
  for (const auto& [key, value] : fields)
    if (equals_ignoring_case(key, name)) return &value;
  return nullptr;
}

std::string PostForm::get(std::string_view name) const {
  const std::string* found = find(name);
  return found ? *found : "";
}

Result<PostForm> parse_post_form(std::string_view content_type, std::string_view body) {
  auto boundary = parameter_of(content_type, "boundary");
  if (!boundary || boundary->empty()) return malformed_post();
  const std::string first = "--" + *boundary, between = "\r\n" + first;
  PostForm form;
  size_t at = body.find(first), used = 0;
  if (at == std::string_view::npos) return malformed_post();
  body.remove_prefix(at + first.size());
  while (body.starts_with("\r\n")) {
    size_t end = body.find(between);
    if (end == std::string_view::npos) return malformed_post();
    TRY(Part part, read_part(body.substr(2, end < 2 ? 0 : end - 2)));
    if (equals_ignoring_case(part.name, "file")) {
      form.file_name = part.file_name.value_or("");
      form.file_type = part.type;
      form.file = part.content;
      return form;
    }
    used += part.name.size() + part.content.size();
    if (used > before_file_bytes_max)
      return aws_error("MaxPostPreDataLengthExceeded",
                       "Your POST request fields preceding the upload file were too large.");
    form.fields.emplace_back(part.name, part.content);
    body.remove_prefix(end + between.size());
  }
  Error none = aws_error("InvalidArgument", "POST requires exactly one file upload per request.");
  none.fields =
      std::make_shared<const Value>(Value::map({{"ArgumentName", "file"}, {"ArgumentValue", "0"}}));
  return none;
}

}  // namespace mainstay::s3
