// A journal of any bytes is opened or refused, never more.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "store/store.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::string folder = [] {
    char name[] = "/tmp/mainstay-fuzz-XXXXXX";
    return std::string(::mkdtemp(name));
  }();
  std::ofstream(folder + "/journal", std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  auto store = mainstay::store::Store::open({folder, "fuzz", false, {}});
  return store.has_value() && (*store)->document_count() > size ? std::abort(), 0 : 0;
}
