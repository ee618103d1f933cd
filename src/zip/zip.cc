#include "zip/zip.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "base/printable.hh"
#include "base/text.hh"

namespace mainstay {
namespace {

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;

constexpr size_t link_bytes_max = 4096;  // PATH_MAX
constexpr mode_t plain_mode = 0644, read_by_all = 0444;

struct Entry {
  zip_uint64_t index = 0;
  std::string name;
  uint64_t bytes = 0;
  mode_t mode = 0;  // with the file's kind; 0 where the maker did not say
  bool is_folder() const { return name.ends_with('/') || S_ISDIR(mode); }
  bool is_link() const { return S_ISLNK(mode); }
};

Error invalid(const std::string& what) {
  return Error("ZipInvalid", what);
}

Error invalid(const Entry& entry, const std::string& what) {
  return invalid(printable(entry.name) + ": " + what);
}

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

Result<Archive> open_archive(std::string_view bytes) {
  if (bytes.empty()) return invalid("not a ZIP file: it is empty");  // libzip takes that for one
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
  if (!archive) {
    zip_source_free(source);
    return invalid("not a ZIP file: " + text_of(error));
  }
  return Archive(archive, zip_discard);
}

// A path that stays below where it begins, wherever that is.
bool stays_below(std::string_view path) {
  if (path.starts_with('/') || path.find('\0') != std::string_view::npos) return false;
  int depth = 0;
  for (const std::string& part : split(path, "/")) {
    if (part.empty() || part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) return false;
  }
  return true;
}

Result<Entry> read_entry(zip_t* archive, zip_uint64_t index) {
  zip_stat_t facts;
  zip_stat_init(&facts);
  constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(archive, index, 0, &facts) != 0 || (facts.valid & needed) != needed)
    return invalid("entry " + std::to_string(index) + " can't be read");
  Entry entry{index, facts.name, facts.size, 0};
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  zip_file_get_external_attributes(archive, index, 0, &system, &attributes);
  // The upper half is st_mode where Unix made it (APPNOTE.TXT 4.4.15).
  if (system == ZIP_OPSYS_UNIX) entry.mode = attributes >> 16;
  if (facts.encryption_method != ZIP_EM_NONE) return invalid(entry, "it is encrypted");
  bool is_plain = (entry.mode & S_IFMT) == 0 || S_ISREG(entry.mode);
  if (!is_plain && !entry.is_folder() && !entry.is_link())
    return invalid(entry, "it is neither a file, a folder, nor a link");
  if (!stays_below(entry.name)) return invalid(entry, "its name leads out of the folder");
  if (entry.is_link() && entry.bytes > link_bytes_max)
    return invalid(entry, "the link is too long");
  return entry;
}

Result<std::vector<Entry>> read_entries(zip_t* archive, const ZipLimits& limits) {
  zip_int64_t count = zip_get_num_entries(archive, 0);
  if (count > static_cast<zip_int64_t>(limits.entries_max))
    return Error("ZipTooLarge", std::to_string(count) + " entries, more than " +
                                    std::to_string(limits.entries_max));
  std::vector<Entry> entries;
  uint64_t bytes = 0;
  for (zip_int64_t i = 0; i < count; ++i) {
    TRY(Entry entry, read_entry(archive, static_cast<zip_uint64_t>(i)));
    if (entry.bytes > limits.unpacked_bytes_max - bytes)
      return Error("ZipTooLarge", "more than " + std::to_string(limits.unpacked_bytes_max) +
                                      " bytes when unpacked");
    bytes += entry.bytes;
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Calls `take` with the entry's bytes, piece by piece; checked against its checksum and size.
template <class Take>
Status read_bytes(zip_t* archive, const Entry& entry, Take take) {
  std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen_index(archive, entry.index, 0),
                                                          zip_fclose);
  if (!file) return invalid(entry, zip_strerror(archive));
  char buffer[64 * 1024];
  uint64_t total = 0;
  while (true) {
    zip_int64_t n = zip_fread(file.get(), buffer, sizeof buffer);
    if (n < 0) return invalid(entry, zip_file_strerror(file.get()));
    if (n == 0) break;
    total += static_cast<uint64_t>(n);
    if (total > entry.bytes) return invalid(entry, "it is longer than it says");
    CHECK_OK(take(std::string_view(buffer, static_cast<size_t>(n))));
  }
  if (total != entry.bytes) return invalid(entry, "it is shorter than it says");
  return {};
}

Error unwritable(const std::string& path) {
  return Error("FileUnwritable", path + ": " + std::strerror(errno));
}

Status unpack_file(zip_t* archive, const Entry& entry, const std::string& path) {
  mode_t mode = entry.mode ? (entry.mode & 0777) | read_by_all : plain_mode;
  // A name that comes twice is written anew, as unzip does; never through a link.
  ::unlink(path.c_str());
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return unwritable(path);
  Status done = read_bytes(archive, entry, [&](std::string_view bytes) -> Status {
    while (!bytes.empty()) {
      ssize_t n = ::write(fd, bytes.data(), bytes.size());
      if (n < 0 && errno != EINTR) return unwritable(path);
      if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
    }
    return {};
  });
  if (done && ::fchmod(fd, mode) != 0) done = unwritable(path);
  ::close(fd);
  return done;
}

Status unpack_link(zip_t* archive, const Entry& entry, const std::string& path) {
  std::string target;
  CHECK_OK(read_bytes(archive, entry, [&](std::string_view bytes) -> Status {
    target += bytes;
    return {};
  }));
  // Relative to where the link stands.
  std::string from = entry.name.substr(0, entry.name.rfind('/') + 1);
  if (target.starts_with('/') || !stays_below(from + target))
    return invalid(entry, "the link leads out of the folder");
  ::unlink(path.c_str());
  if (::symlink(target.c_str(), path.c_str()) != 0) return unwritable(path);
  return {};
}

Status make_folders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return Error("FileUnwritable", path + ": " + error.message());
  return {};
}

}  // namespace

Result<uint64_t> check_zip(std::string_view bytes, const ZipLimits& limits) {
  TRY(Archive archive, open_archive(bytes));
  TRY(std::vector<Entry> entries, read_entries(archive.get(), limits));
  uint64_t total = 0;
  for (const Entry& entry : entries) total += entry.bytes;
  return total;
}

Status unzip(std::string_view bytes, const std::string& folder, const ZipLimits& limits) {
  TRY(Archive archive, open_archive(bytes));
  TRY(std::vector<Entry> entries, read_entries(archive.get(), limits));
  // Links last, so that no file is written through one.
  for (bool links : {false, true})
    for (const Entry& entry : entries) {
      if (entry.is_link() != links) continue;
      std::string path = folder + "/" + entry.name;
      if (entry.is_folder()) {
        CHECK_OK(make_folders(path));
        continue;
      }
      CHECK_OK(make_folders(path.substr(0, path.rfind('/'))));
      CHECK_OK(links ? unpack_link(archive.get(), entry, path)
                     : unpack_file(archive.get(), entry, path));
    }
  return {};
}

Result<std::string> make_zip(const std::vector<std::pair<std::string, std::string>>& files) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* out = zip_source_buffer_create(nullptr, 0, 0, &error);
  Archive archive(out ? zip_open_from_source(out, ZIP_CREATE | ZIP_TRUNCATE, &error) : nullptr,
                  zip_discard);
  if (!archive) return invalid(text_of(error));
  zip_source_keep(out);
  std::unique_ptr<zip_source_t, decltype(&zip_source_free)> kept(out, zip_source_free);
  for (const auto& [name, text] : files) {
    zip_source_t* source = zip_source_buffer(archive.get(), text.data(), text.size(), 0);
    zip_int64_t index = zip_file_add(archive.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) return invalid(zip_strerror(archive.get()));
    auto at = static_cast<zip_uint64_t>(index);
    // The first moment that the format has, so that the same texts make the same file.
    zip_file_set_dostime(archive.get(), at, 0, 0x21, 0);
    zip_file_set_external_attributes(archive.get(), at, 0, ZIP_OPSYS_UNIX,
                                     (S_IFREG | plain_mode) << 16);
  }
  if (zip_close(archive.get()) != 0) return invalid(zip_strerror(archive.get()));
  (void)archive.release();  // closing has freed it
  zip_stat_t facts;
  std::string bytes;
  if (zip_source_stat(out, &facts) == 0 && zip_source_open(out) == 0) {
    bytes.resize(facts.size);
    zip_int64_t n = zip_source_read(out, bytes.data(), bytes.size());
    zip_source_close(out);
    if (n == static_cast<zip_int64_t>(bytes.size())) return bytes;
  }
  return invalid("the file made can't be read back");
}

}  // namespace mainstay
