#include "stacks/zip_writer.hh"

#include <zip.h>

#include <memory>

namespace mainstay::stacks {
namespace {

constexpr size_t entries_max = 65'535;
constexpr uint32_t regular_file = 0100000;

struct Closer {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

Error failed(const std::string& why) {
  return Error("FileUnwritable", "the archive can't be made: " + why);
}

Status add(zip_t* archive, const ZipEntry& entry) {
  zip_source_t* content = zip_source_buffer(archive, entry.content.data(), entry.content.size(), 0);
  zip_int64_t index = zip_file_add(archive, entry.name.c_str(), content, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(content);
    return failed(zip_strerror(archive));
  }
  auto at = static_cast<zip_uint64_t>(index);
  constexpr zip_uint16_t first_of_january_1980 = (1 << 5) | 1;
  uint32_t mode = regular_file | (entry.executable ? 0755 : 0644);
  zip_file_set_dostime(archive, at, 0, first_of_january_1980, 0);
  zip_file_set_external_attributes(archive, at, 0, ZIP_OPSYS_UNIX, mode << 16);
  return {};
}

Result<std::string> bytes_of(zip_source_t* made) {
  zip_stat_t facts;
  if (zip_source_stat(made, &facts) != 0 || zip_source_open(made) != 0)
    return failed("it can't be read back");
  std::string bytes(facts.size, '\0');
  zip_int64_t got = zip_source_read(made, bytes.data(), bytes.size());
  zip_source_close(made);
  if (got != static_cast<zip_int64_t>(bytes.size())) return failed("it can't be read back");
  return bytes;
}

}  // namespace

Result<std::string> make_zip(const std::vector<ZipEntry>& entries) {
  if (entries.size() > entries_max)
    return Error("FileTooLarge", "an archive of more than 65,535 files");
  zip_error_t error;
  zip_error_init(&error);
  std::unique_ptr<zip_source_t, Closer> made(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!made) return failed("no memory");
  zip_source_keep(made.get());  // the archive lets go of one
  std::unique_ptr<zip_t, Closer> archive(zip_open_from_source(made.get(), ZIP_TRUNCATE, &error));
  if (!archive) {
    zip_source_free(made.get());
    return failed(zip_error_strerror(&error));
  }
  for (const ZipEntry& entry : entries) CHECK_OK(add(archive.get(), entry));
  if (zip_close(archive.get()) != 0) return failed(zip_strerror(archive.get()));
  (void)archive.release();  // closed
  return bytes_of(made.get());
}

}  // namespace mainstay::stacks
