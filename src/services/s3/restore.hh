// What happens to a restored object later: reactions of timers (storage_class.cc).
#pragma once

#include "services/s3/bucket.hh"

namespace mainstay::s3 {

Status finish_restore(Call& call, const Value& what);
Status end_restore(Call& call, const Value& what);

}  // namespace mainstay::s3
