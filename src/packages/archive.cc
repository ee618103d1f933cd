#include "packages/archive.hh"

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>
#include <memory>

#include "base/text.hh"
#include "packages/folder.hh"

namespace mainstay::packages {
namespace {

constexpr size_t entries_max = 100'000;
constexpr int64_t bytes_max = 1024 * 1024 * 1024;

struct FreeArchive {
  void operator()(struct archive* p) const { archive_free(p); }
};
using Archive = std::unique_ptr<struct archive, FreeArchive>;

Error broken(const std::string& name, const std::string& why) {
  return Error("PackageUnavailable", "the archive " + printable(name) + ": " + printable(why));
}

std::string words_of(struct archive* a) {
  const char* text = archive_error_string(a);
  return text ? text : "it can't be read";
}

Status copy_content(struct archive* in, struct archive* out, const std::string& name,
                    int64_t& total) {
  const void* block = nullptr;
  size_t size = 0;
  la_int64_t offset = 0;
  for (;;) {
    int got = archive_read_data_block(in, &block, &size, &offset);
    if (got == ARCHIVE_EOF) return {};
    if (got != ARCHIVE_OK) return broken(name, words_of(in));
    total += static_cast<int64_t>(size);
    if (total > bytes_max) return broken(name, "more than 1 GB is in it");
    if (archive_write_data_block(out, block, size, offset) != ARCHIVE_OK)
      return broken(name, words_of(out));
  }
}

// Files and folders only: links could lead out of the folder.
Status extract(struct archive* in, struct archive* out, const std::string& name,
               const std::string& folder) {
  archive_entry* entry = nullptr;
  int64_t total = 0;
  for (size_t count = 0;; ++count) {
    int got = archive_read_next_header(in, &entry);
    if (got == ARCHIVE_EOF) return {};
    if (got != ARCHIVE_OK) return broken(name, words_of(in));
    if (count >= entries_max) return broken(name, "more than 100,000 files are in it");
    auto type = archive_entry_filetype(entry);
    if (type != AE_IFREG && type != AE_IFDIR) continue;
    const char* path = archive_entry_pathname(entry);
    if (!path) return broken(name, "an entry has no name");
    auto inside = std::filesystem::path(path).lexically_normal();
    if (inside.is_absolute() || *inside.begin() == "..")
      return broken(name, "the entry \"" + std::string(path) + "\" leads out of it");
    if (archive_entry_hardlink(entry)) continue;
    archive_entry_set_pathname(entry, (std::filesystem::path(folder) / inside).c_str());
    if (archive_write_header(out, entry) != ARCHIVE_OK) return broken(name, words_of(out));
    CHECK_OK(copy_content(in, out, name, total));
  }
}

}  // namespace

Status unpack(std::string_view bytes, const std::string& name, const std::string& folder) {
  return make_folder(folder, [&](const std::string& fresh) -> Status {
    Archive in(archive_read_new()), out(archive_write_disk_new());
    archive_read_support_filter_gzip(in.get());
    archive_read_support_format_tar(in.get());
    archive_read_support_format_zip(in.get());
    archive_write_disk_set_options(
        out.get(), ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT);
    if (archive_read_open_memory(in.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
      return broken(name, words_of(in.get()));
    return extract(in.get(), out.get(), name, fresh);
  });
}

}  // namespace mainstay::packages
