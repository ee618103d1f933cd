#include <algorithm>

#include "services/s3/bucket.hh"
#include "services/s3/sealed.hh"
#include "store/blobs.hh"

// Reading the bytes of objects, a piece at a time.
namespace mainstay::s3 {
namespace {

std::vector<std::string> blobs_of(const Value& segments) {
  std::vector<std::string> names;
  for (const Value& segment : segments.items())
    if (segment.has("Blob")) names.push_back(segment["Blob"].as_string());
  return names;
}

class SegmentSource : public BodySource {
 public:
  SegmentSource(Call& call, const Value& object, size_t offset, size_t size, std::string_view key)
      : segments_(object["_Segments"]),
        blobs_(call.blobs().pin(blobs_of(segments_))),
        key_(key),
        size_(size),
        left_(size),
        at_(offset) {}

  std::optional<uint64_t> size() const override { return size_; }

  Result<Next> read(std::string& to, size_t most) override {
    while (left_ > 0) {
      const Value& segment = segments_.at(index_);
      size_t length = static_cast<size_t>(segment["Size"].as_int());
      if (index_ >= segments_.size())
        return Error("BlobMissing", "an object is shorter than its size", 500);
      if (at_ >= length) {
        at_ -= length;
        ++index_;
        opened_piece_ = no_piece;
        continue;
      }
      size_t before = to.size();
      CHECK_OK(read_segment(segment, std::min({most, left_, length - at_}), to));
      size_t got = to.size() - before;
      if (got == 0) return Error("BlobMissing", "stored data is shorter than its size", 500);
      at_ += got;
      left_ -= got;
      return Next::more;
    }
    return Next::ended;
  }

 private:
  static constexpr size_t no_piece = static_cast<size_t>(-1);

  Status read_segment(const Value& segment, size_t size, std::string& to) {
    if (key_.empty()) return read_stored(segment, at_, size, to);
    // What was sealed whole is one piece.
    size_t bytes = segment.has("Sealed") ? static_cast<size_t>(segment["Sealed"].as_int())
                                         : static_cast<size_t>(segment["Size"].as_int());
    size_t number = at_ / bytes;
    if (number != opened_piece_) {
      std::string sealed;
      size_t stored_bytes = bytes + sealed_overhead_bytes;
      CHECK_OK(read_stored(segment, number * stored_bytes, stored_bytes, sealed));
      if (segment.has("Sealed")) {
        TRY(opened_, open_piece(sealed, key_, number));
      } else {
        TRY(opened_, open_whole(sealed, key_));
      }
      opened_piece_ = number;
    }
    size_t from = std::min(at_ % bytes, opened_.size());
    to.append(opened_, from, size);
    return {};
  }

  Status read_stored(const Value& segment, size_t offset, size_t size, std::string& to) const {
    if (segment.has("Blob")) {
      TRY(std::string data, blobs_->read(segment["Blob"].as_string(), offset, size));
      to.empty() ? to.swap(data) : (void)to.append(data);
      return {};
    }
    const std::string& data = segment["Data"].as_bytes();
    to.append(data, std::min(offset, data.size()), size);
    return {};
  }

  Value segments_;
  std::shared_ptr<const store::Blobs::Pinned> blobs_;
  std::string key_;
  size_t size_, left_;
  size_t index_ = 0, at_;  // the place in segment index_
  size_t opened_piece_ = no_piece;
  std::string opened_;
};

}  // namespace

std::unique_ptr<BodySource> open_segments(Call& call, const Value& object, size_t offset,
                                          size_t size, std::string_view data_key) {
  return std::make_unique<SegmentSource>(call, object, offset, size, data_key);
}

}  // namespace mainstay::s3
