#include "cli/stack/graph_hold.hh"

#include "base/digest.hh"
#include "base/text.hh"
#include "journal/journal.hh"
#include "stacks/upload.hh"

namespace mainstay::cli {
namespace {

constexpr std::string_view file_prefix = "file://";

// Where rehearsals keep theirs; "" where nothing is to stay.
std::string rehearsal_path(const GraphRequest& request, const std::string& path) {
  auto journal = journal::journal_folder(request.environment);
  if (!journal || request.target.address.empty()) return "";
  std::string what = request.target.address + "\n" + path + "\n" + request.config.name_space;
  return join_path(directory_of(*journal),
                   "graphs/" + hex_encode(sha256(what)).substr(0, 24) + ".json");
}

Result<std::unique_ptr<stacks::GraphStore>> store_for(const GraphRequest& request,
                                                      SimulatedFiles& memory) {
  const stacks::Config& config = request.config;
  if (config.graph_key.starts_with(file_prefix)) {
    std::string path = join_path(config.directory, config.graph_key.substr(file_prefix.size()));
    if (request.target.kind == Target::Kind::account)
      return stacks::file_graph_store(request.files, path);
    std::string own = rehearsal_path(request, path);
    if (own.empty()) return stacks::file_graph_store(memory, path);
    return stacks::file_graph_store(request.files, own);
  }
  TRY(std::string bucket, stacks::default_bucket(config));
  TRY(auto client, request.target.client(""));
  std::string key = config.graph_key;
  if (!key.ends_with(".json")) key += ".json";
  std::string region = config.bucket_region.empty() ? client->region() : config.bucket_region;
  return stacks::s3_graph_store(client, bucket,
                                "persistent_graphs/" + config.name_space + "/" + key, region);
}

Status check_namespace(const stacks::Config& config, const stacks::PersistentGraph& graph,
                       const std::string& where) {
  for (const auto& [name, stack] : graph.stacks)
    if (!stack.address.empty() && config.full_name(stack.address) != stack.address)
      return Error("GraphForeign",
                   "the persistent graph " + where + " has the stack " + printable(stack.address) +
                       ", which is not of the namespace " + printable(config.name_space))
          .with_hint("give each namespace a persistent_graph_key of its own");
  return {};
}

}  // namespace

Result<std::unique_ptr<GraphHold>> GraphHold::open(const GraphRequest& request, bool look_only) {
  auto hold = std::make_unique<GraphHold>();
  TRY(hold->store_, store_for(request, hold->memory_));
  std::string space = process_space();
  stacks::GraphOwner owner{request.run,  user_name(), host_name(),
                           process_id(), space,       request.clock.now()};
  auto has_ended = [space](const stacks::GraphOwner& holder) {
    return !space.empty() && holder.space == space && !process_is_there(holder.process);
  };
  hold->keeper_ = std::make_unique<stacks::GraphKeeper>(stacks::GraphKeeper::Setup{
      *hold->store_, request.clock, owner, has_ended, request.break_lock});
  CHECK_OK(look_only ? hold->keeper_->look() : hold->keeper_->hold());
  Status ours = check_namespace(request.config, hold->keeper_->graph(), hold->store_->where());
  if (!ours) {
    (void)hold->keeper_->release();
    return ours.error();
  }
  return hold;
}

}  // namespace mainstay::cli
