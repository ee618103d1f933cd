#include "store/blobs.hh"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>

using namespace mainstay;
using namespace mainstay::store;

namespace {

namespace fs = std::filesystem;

struct Folder {
  std::string path = "/tmp/mainstay-blobs-" + std::to_string(::getpid());
  Folder() { fs::remove_all(path); }
  ~Folder() { fs::remove_all(path); }
  size_t files() const {
    size_t n = 0;
    if (!fs::exists(path)) return 0;
    for (const auto& entry : fs::recursive_directory_iterator(path)) n += entry.is_regular_file();
    return n;
  }
};

// In memory, on disk, and on a disk that is synced.
template <class Work>
void in_each_place(const Work& work) {
  Folder folder;
  for (const std::string& place : {std::string(), folder.path})
    for (bool sync : {false, true}) {
      CAPTURE(place);
      fs::remove_all(folder.path);
      Blobs blobs(place, sync);
      work(blobs);
      blobs.clear();
      CHECK(blobs.names().empty());
      CHECK(folder.files() == 0);
    }
}

std::string pattern(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 + i / 251);
  return text;
}

}  // namespace

TEST_CASE("a blob that was written in pieces reads as one, from any place") {
  in_each_place([](Blobs& blobs) {
    std::string text = pattern(3'500'000);
    auto writer = blobs.begin("aa-1").value();
    for (size_t at = 0, n = 1; at < text.size(); at += n, n = n * 3 + 1)
      REQUIRE(writer->write(std::string_view(text).substr(at, n)));
    CHECK(blobs.read("aa-1").error().code == "BlobMissing");
    REQUIRE(writer->keep());
    writer.reset();
    CHECK(blobs.read("aa-1").value() == text);
    for (size_t at :
         {size_t{0}, size_t{1}, size_t{1 << 20}, (size_t{1} << 20) - 1, size_t{3'499'999}})
      for (size_t n : {size_t{0}, size_t{1}, size_t{1} << 20, size_t{5'000'000}})
        CHECK(blobs.read("aa-1", at, n).value() == text.substr(at, n));
    CHECK(blobs.read("aa-1", text.size(), 1).value().empty());
  });
}

TEST_CASE("what is not kept is gone with its writer") {
  in_each_place([](Blobs& blobs) {
    {
      auto writer = blobs.begin("aa-1").value();
      REQUIRE(writer->write("half"));
    }
    CHECK(blobs.names().empty());
    REQUIRE(blobs.write("aa-1", ""));
    CHECK(blobs.read("aa-1").value().empty());
  });
}

TEST_CASE("a link lives on its own") {
  in_each_place([](Blobs& blobs) {
    REQUIRE(blobs.write("aa-1", "text"));
    REQUIRE(blobs.link("aa-1", "bb-2"));
    blobs.remove("aa-1");
    CHECK(blobs.read("bb-2").value() == "text");
    CHECK(blobs.link("aa-1", "cc-3").error().code == "BlobMissing");
  });
}

TEST_CASE("what is pinned can be read until nobody does") {
  in_each_place([](Blobs& blobs) {
    for (const char* name : {"aa-1", "aa-2"}) REQUIRE(blobs.write(name, "text"));
    auto one = blobs.pin({"aa-1", "aa-2"}), two = blobs.pin({"aa-1"});
    blobs.remove("aa-1");
    CHECK(blobs.read("aa-1").value() == "text");
    one.reset();
    CHECK(two->read("aa-1", 1, 2).value() == "ex");
    two.reset();
    CHECK_FALSE(blobs.read("aa-1").has_value());
    CHECK(blobs.read("aa-2").value() == "text");
  });
}

TEST_CASE("what a killed process was writing goes with its name") {
  Folder folder;
  {
    Blobs blobs(folder.path);
    auto writer = blobs.begin("aa-1").value();
    REQUIRE(writer->write("half"));
    fs::copy_file(folder.path + "/spool/aa-1", folder.path + "/spool/aa-2");  // as if killed
  }
  Blobs again(folder.path);
  CHECK(again.names_on_disk() == std::vector<std::string>{"aa-2"});
  again.remove("aa-2");
  CHECK(folder.files() == 0);
}
