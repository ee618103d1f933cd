// A request's payload that came as a blob, as it was too long for memory: hashed on the way, and
// not yet anybody's. It goes with its request unless the handler keeps it.
#pragma once

#include <memory>
#include <string>

#include "store/blobs.hh"
#include "wire/streamed_body.hh"

namespace mainstay::cloud {

class Upload : public wire::StreamedBody {
 public:
  Upload(const Headers& headers, uint64_t bytes_max, std::string name,
         std::unique_ptr<store::Blobs::Writer> writer)
      : StreamedBody(headers, bytes_max,
                     [to = writer.get()](std::string_view data) { return to->write(data); }),
        name_(std::move(name)),
        writer_(std::move(writer)) {}

  // Makes it a blob, once, and gives its name. Errors: StateFull.
  Result<std::string> keep() {
    CHECK_OK(writer_->keep());
    return name_;
  }

 private:
  std::string name_;
  std::unique_ptr<store::Blobs::Writer> writer_;
};

}  // namespace mainstay::cloud
