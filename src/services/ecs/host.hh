// The Docker Engine behind tasks, as the service's background: asked for when the first task wants
// it. Containers carry the state's label, so that those that a killed run left are found again.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "backings/container.hh"
#include "cloud/cloud.hh"
#include "services/ecs/kinds.hh"

namespace mainstay::ecs {

class Host : public cloud::Background {
 public:
  explicit Host(bool makes_containers) : makes_containers_(makes_containers) {}
  void start(cloud::Cloud& cloud) override;
  void stop() override;

  // A timer of a run that was killed may come before the host has started: it comes again.
  Status check_started();
  // Null where tasks are simulated; why says so in words.
  std::shared_ptr<backings::Containers> engine(std::string* why = nullptr);
  std::string state();  // the label of this state's containers

 private:
  void remove_strangers(cloud::Cloud& cloud);

  const bool makes_containers_;
  bool may_run_ = false;
  std::string state_;
  std::mutex mutex_;
  bool is_started_ = false, is_asked_ = false;
  std::string why_not_;
  std::shared_ptr<backings::Containers> engine_;
};

Host& host_of(const Call& call);

}  // namespace mainstay::ecs
