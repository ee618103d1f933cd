#include "backings/reconcile.hh"

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::backings {
namespace {

std::string digest_of(const ContainerSpec& spec) {
  return hex_encode(sha256(spec.name + "\n" + to_json(spec.to_value())));
}

class Reconciler {
 public:
  Reconciler(Containers& containers, const std::string& state)
      : containers_(containers), state_(state) {}

  void found(const ContainerState& there, const std::map<std::string, ContainerSpec>& wanted) {
    auto label = there.labels.find(resource_label);
    std::string resource = label == there.labels.end() ? "" : label->second;
    auto spec = wanted.find(resource);
    bool is_second = out_.ids.contains(resource);
    if (spec == wanted.end() || is_second) return remove(resource, there, out_.removed);
    auto digest = there.labels.find(spec_label);
    if (digest == there.labels.end() || digest->second != digest_of(spec->second))
      return remove(resource, there, out_.replaced);
    out_.ids[resource] = there.id;
    if (there.is_running()) return out_.kept.push_back(resource);
    note(resource, containers_.start(there.id), out_.started);
  }

  void make(const std::string& resource, ContainerSpec spec) {
    if (out_.ids.contains(resource) || out_.failed.contains(resource)) return;
    std::string digest = digest_of(spec);
    spec.labels[state_label] = state_;
    spec.labels[resource_label] = resource;
    spec.labels[spec_label] = digest;
    auto id = containers_.create(spec);
    if (!id.has_value()) {
      out_.failed.emplace(resource, std::move(id).error());
      return;
    }
    out_.ids[resource] = *id;
    note(resource, containers_.start(*id), out_.made);
  }

  Reconciled result() { return std::move(out_); }

 private:
  void note(const std::string& resource, const Status& status, std::vector<std::string>& where) {
    if (status.has_value())
      where.push_back(resource);
    else
      out_.failed.emplace(resource, status.error());
  }
  // One that goes by itself in the meantime is gone as wished.
  void remove(const std::string& resource, const ContainerState& there,
              std::vector<std::string>& where) {
    Status done = containers_.remove(there.id, true);
    if (!done.has_value() && done.error().code == "ContainerMissing") done = {};
    note(resource, done, where);
  }

  Containers& containers_;
  const std::string& state_;
  Reconciled out_;
};

}  // namespace

Result<Reconciled> reconcile(Containers& containers, const std::string& state,
                             const std::map<std::string, ContainerSpec>& wanted) {
  TRY(std::vector<ContainerState> there, containers.list({{state_label, state}}));
  Reconciler reconciler(containers, state);
  for (const ContainerState& one : there) reconciler.found(one, wanted);
  for (const auto& [resource, spec] : wanted) reconciler.make(resource, spec);
  return reconciler.result();
}

}  // namespace mainstay::backings
