#include "services/scheduler/scheduler.hh"

#include "services/scheduler/handlers.hh"

namespace mainstay::scheduler {

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "scheduler";
  service.calls = {"iam"};
  service.guard = guard;
  service.prepare = make_default_group;
  service.reactions = {
      {"due", fire}, {"try again", try_again}, {"target answered", target_answered}};
  service.operations = {
      writes("CreateSchedule", create_schedule), reads("GetSchedule", get_schedule),
      writes("UpdateSchedule", update_schedule), writes("DeleteSchedule", delete_schedule),
      reads("ListSchedules", list_schedules),    writes("CreateScheduleGroup", create_group),
      reads("GetScheduleGroup", get_group),      writes("DeleteScheduleGroup", delete_group),
      reads("ListScheduleGroups", list_groups),  writes("TagResource", tag_resource),
      writes("UntagResource", untag_resource),   reads("ListTagsForResource", list_tags)};
  return service;
}

}  // namespace mainstay::scheduler
