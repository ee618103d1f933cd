#include "store/archive.hh"

#include <zlib.h>

#include <cstring>

#include "base/digest.hh"
#include "base/text.hh"
#include "store/blob_names.hh"
#include "store/blobs.hh"
#include "store/record.hh"

namespace mainstay::store {
namespace {

constexpr std::string_view title = "mainstay state, version ";
constexpr int64_t archive_version = 1;
constexpr size_t title_bytes_max = 64;
constexpr size_t part_bytes_max = size_t{1} << 30;
constexpr size_t changes_bytes = 256 << 10;  // about how long a part of documents becomes
constexpr size_t piece_bytes = size_t{1} << 20;
constexpr int gzip_window = 15 + 16;  // zlib's way to say RFC 1952
constexpr size_t digest_bytes = 32;

Error damaged(const std::string& why) {
  return Error("ArchiveDamaged", "the archive is damaged: " + why)
      .with_hint("export it again, or use another copy");
}

class Compressor {
 public:
  explicit Compressor(const ArchiveSink& sink) : sink_(sink) {
    ::deflateInit2(&stream_, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY);
  }
  ~Compressor() { ::deflateEnd(&stream_); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  Status part(char kind, std::string_view bytes) {
    uint32_t length = static_cast<uint32_t>(bytes.size());
    std::string head(4, '\0');
    std::memcpy(head.data(), &length, 4);
    head += kind;
    sum_.update(head);
    sum_.update(bytes);
    CHECK_OK(push(head, Z_NO_FLUSH));
    return push(bytes, Z_NO_FLUSH);
  }
  Status end(const ArchiveCounts& counts) {
    std::string bytes =
        to_cbor(Value::map({{"documents", counts.documents}, {"blobs", counts.blobs}}));
    std::string sum = sum_.finish() + bytes;
    uint32_t length = static_cast<uint32_t>(sum.size());
    std::string head(4, '\0');
    std::memcpy(head.data(), &length, 4);
    CHECK_OK(push(head + 'E' + sum, Z_NO_FLUSH));
    return push("", Z_FINISH);
  }

 private:
  Status push(std::string_view bytes, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    std::string out(64 << 10, '\0');
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out.data());
      stream_.avail_out = static_cast<uInt>(out.size());
      ::deflate(&stream_, flush);
      size_t made = out.size() - stream_.avail_out;
      if (made > 0) CHECK_OK(sink_(std::string_view(out).substr(0, made)));
    } while (stream_.avail_out == 0);
    return {};
  }
  const ArchiveSink& sink_;
  z_stream stream_{};
  Digest sum_{"sha256"};
};

class Decompressor {
 public:
  explicit Decompressor(std::string_view bytes) : left_(bytes) {
    ::inflateInit2(&stream_, gzip_window);
  }
  ~Decompressor() { ::inflateEnd(&stream_); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // Exactly so many bytes. What memory it takes grows with what is there, not with what is claimed.
  Result<std::string> take(size_t count) {
    std::string out;
    while (out.size() < count) {
      size_t before = out.size();
      out.resize(std::min(count, before + piece_bytes));
      CHECK_OK(fill(out, before));
    }
    return out;
  }
  bool at_end() const { return ended_ && left_.empty() && stream_.avail_in == 0; }
  // Reads on to the end of the compressed stream, which checks its own sum.
  Status finish() {
    std::string none(1, '\0');
    if (!ended_ && fill(none, 0).has_value()) return damaged("something stands behind its end");
    return at_end() ? Status() : damaged("something stands behind its end, or it was cut short");
  }

 private:
  Status fill(std::string& out, size_t from) {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + from);
    stream_.avail_out = static_cast<uInt>(out.size() - from);
    while (stream_.avail_out > 0) {
      if (stream_.avail_in == 0) {
        std::string_view next = left_.substr(0, piece_bytes);
        left_.remove_prefix(next.size());
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(next.data()));
        stream_.avail_in = static_cast<uInt>(next.size());
      }
      if (ended_) return damaged("it was cut short");
      int done = ::inflate(&stream_, Z_NO_FLUSH);
      ended_ = done == Z_STREAM_END;
      if (done == Z_BUF_ERROR && left_.empty()) return damaged("it was cut short");
      if (done != Z_OK && done != Z_STREAM_END && done != Z_BUF_ERROR)
        return damaged("it can't be decompressed");
    }
    return {};
  }
  std::string_view left_;
  z_stream stream_{};
  bool ended_ = false;
};

Status write_blob(Compressor& to, const Blobs& blobs, const std::string& name) {
  std::string head(1, static_cast<char>(name.size()));
  head += name;
  for (size_t at = 0;; at += piece_bytes) {
    TRY(std::string piece, blobs.read(name, at, piece_bytes));
    if (piece.empty() && at > 0) return {};
    CHECK_OK(to.part('B', head + piece));
    if (piece.size() < piece_bytes) return {};
  }
}

// Behind the title's line; "" errors where it is no archive of ours, or a newer one.
Result<std::string_view> body_of(std::string_view archive) {
  size_t end = archive.substr(0, title_bytes_max).find('\n');
  if (!archive.starts_with(title) || end == std::string_view::npos)
    return Error("ArchiveForeign", "this is no exported state of mainstay's");
  auto found = parse_int(archive.substr(title.size(), end - title.size()));
  if (!found) return damaged("its version can't be read");
  if (*found > archive_version)
    return Error("ArchiveNewer", "the archive is of version " + std::to_string(*found) +
                                     ", and this mainstay reads up to " +
                                     std::to_string(archive_version))
        .with_hint("use the mainstay that exported it, or a newer one");
  return archive.substr(end + 1);
}

// Puts the pieces of blobs together and hands on what is whole.
class Reader {
 public:
  explicit Reader(const ArchiveVisitor& visitor) : visitor_(visitor) {}
  Status documents(std::string_view bytes) {
    auto record = parse_cbor(bytes, 256);
    if (!record.has_value() || record->size() != 4) return damaged("a part of unknown form");
    counts_.documents += record->at(3).size();
    return visitor_.documents(*record);
  }
  Status piece(std::string_view bytes) {
    size_t length = bytes.empty() ? 0 : static_cast<unsigned char>(bytes[0]);
    if (length == 0 || bytes.size() <= length) return damaged("a blob without a name");
    std::string_view name = bytes.substr(1, length);
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") !=
            std::string_view::npos ||
        name.size() < 3)
      return damaged("a blob of an odd name");
    if (name != name_ || !begun_) CHECK_OK(flush());
    begun_ = true;
    name_ = name;
    data_ += bytes.substr(1 + length);
    return {};
  }
  Status flush() {
    if (!begun_) return {};
    begun_ = false;
    ++counts_.blobs;
    return visitor_.blob(name_, std::exchange(data_, {}));
  }
  const ArchiveCounts& counts() const { return counts_; }

 private:
  const ArchiveVisitor& visitor_;
  ArchiveCounts counts_;
  bool begun_ = false;
  std::string name_, data_;
};

}  // namespace

Result<ArchiveCounts> write_archive(Store& documents, const Blobs& blobs, const ArchiveSink& sink) {
  ArchiveCounts counts;
  CHECK_OK(sink(std::string(title) + std::to_string(archive_version) + "\n"));
  Compressor out(sink);
  BlobNames names;
  for (Shard* shard : documents.all_shards())
    for (const auto& [table, stored] : shard->tables) {
      RecordWriter record(shard->key);
      for (auto it = stored.documents().begin(); it != stored.documents().end(); ++it) {
        std::string cbor = it.cbor();
        collect_blobs_of(cbor, names);
        record.add(table, it.id(), cbor);
        ++counts.documents;
        if (record.bytes() > changes_bytes) CHECK_OK(out.part('D', record.take()));
      }
      if (record.count() > 0) CHECK_OK(out.part('D', record.take()));
    }
  for (const std::string& name : names) CHECK_OK(write_blob(out, blobs, name));
  counts.blobs = names.size();
  CHECK_OK(out.end(counts));
  return counts;
}

Result<ArchiveCounts> read_archive(std::string_view archive, const ArchiveVisitor& visitor) {
  TRY(std::string_view body, body_of(archive));
  Decompressor in(body);
  Digest sum("sha256");
  Reader reader(visitor);
  while (true) {
    TRY(std::string head, in.take(5));
    uint32_t length;
    std::memcpy(&length, head.data(), 4);
    if (length > part_bytes_max) return damaged("a part is too long");
    TRY(std::string bytes, in.take(length));
    if (head[4] == 'E') {
      CHECK_OK(reader.flush());
      CHECK_OK(in.finish());
      auto counts =
          parse_cbor(std::string_view(bytes).substr(std::min(digest_bytes, bytes.size())));
      if (!counts.has_value() || !bytes.starts_with(sum.finish()) ||
          (*counts)["documents"].as_int() != static_cast<int64_t>(reader.counts().documents) ||
          (*counts)["blobs"].as_int() != static_cast<int64_t>(reader.counts().blobs))
        return damaged("its sum does not match");
      return reader.counts();
    }
    sum.update(head);
    sum.update(bytes);
    if (head[4] == 'D') {
      CHECK_OK(reader.documents(bytes));
    } else if (head[4] == 'B') {
      CHECK_OK(reader.piece(bytes));
    } else {
      return damaged("a part of unknown kind");
    }
  }
}

}  // namespace mainstay::store
