#include "stacks/zip_writer.hh"

#include <zlib.h>

#include "base/digest.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t entries_max = 65'535;
constexpr size_t bytes_max = 0xFFFF'FFFF;

void put(std::string& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

// Without zlib's own header, as ZIP wants it.
std::string deflated(std::string_view text) {
  z_stream stream{};
  constexpr int raw_window = -15, memory_level = 8;
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window, memory_level,
               Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// What the local header and the directory both say of an entry.
std::string shared_header(const ZipEntry& entry, size_t packed_size) {
  constexpr uint16_t version = 20, utf8_names = 1 << 11, deflate_method = 8;
  constexpr uint16_t midnight = 0, first_of_january_1980 = (1 << 5) | 1;
  std::string out;
  put(out, version, 2);
  put(out, utf8_names, 2);
  put(out, deflate_method, 2);
  put(out, midnight, 2);
  put(out, first_of_january_1980, 2);
  put(out, crc32(entry.content), 4);
  put(out, packed_size, 4);
  put(out, entry.content.size(), 4);
  put(out, entry.name.size(), 2);
  put(out, 0, 2);  // no extra field
  return out;
}

}  // namespace

Result<std::string> make_zip(const std::vector<ZipEntry>& entries) {
  std::string out, directory;
  if (entries.size() > entries_max)
    return Error("FileTooLarge", "an archive of more than 65,535 files");
  for (const ZipEntry& entry : entries) {
    size_t offset = out.size();
    if (offset + entry.content.size() > bytes_max)
      return Error("FileTooLarge", "an archive of more than 4 GB");
    std::string packed = deflated(entry.content), header = shared_header(entry, packed.size());
    put(out, 0x04034b50, 4);
    out += header + entry.name + packed;
    constexpr uint16_t made_on_unix = 3 << 8 | 20;
    constexpr uint32_t regular_file = 0100000;
    put(directory, 0x02014b50, 4);
    put(directory, made_on_unix, 2);
    directory += header;
    put(directory, 0, 2 + 2 + 2);  // no comment, disk 0, no internal attributes
    put(directory, (regular_file | (entry.executable ? 0755 : 0644)) << 16, 4);
    put(directory, offset, 4);
    directory += entry.name;
  }
  size_t start = out.size();
  out += directory;
  put(out, 0x06054b50, 4);
  put(out, 0, 2 + 2);  // of one disk
  put(out, entries.size(), 2);
  put(out, entries.size(), 2);
  put(out, directory.size(), 4);
  put(out, start, 4);
  put(out, 0, 2);  // no comment
  return out;
}

}  // namespace mainstay::stacks
