// Where a persistent graph and its lock are kept: in S3, or in files.
//
// The lock is a document beside the graph that can be made only where there is none. Threads: one
// at a time. Errors: AWS's, those of files.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aws/client.hh"
#include "base/error.hh"
#include "host/files.hh"

namespace mainstay::stacks {

class GraphStore {
 public:
  virtual ~GraphStore() = default;
  virtual std::string where() const = 0;  // for people
  virtual Result<std::optional<std::string>> read() = 0;
  virtual Status write(const std::string& text) = 0;
  // False where there is a lock already.
  virtual Result<bool> make_lock(const std::string& text) = 0;
  virtual Result<std::optional<std::string>> read_lock() = 0;
  virtual Status remove_lock() = 0;
};

// path: of the graph; the lock is path.lock. files must outlive it.
std::unique_ptr<GraphStore> file_graph_store(Files& files, std::string path);
// Conditional writes (If-None-Match) make the lock. Source: Amazon S3 user guide, "How to prevent
// object overwrites with conditional writes".
std::unique_ptr<GraphStore> s3_graph_store(std::shared_ptr<aws::Client> client, std::string bucket,
                                           std::string key, std::string region);

}  // namespace mainstay::stacks
