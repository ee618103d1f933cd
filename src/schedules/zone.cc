#include "schedules/zone.hh"

#include <date/tz.h>

namespace mainstay::schedules {
namespace {

constexpr int64_t zone_minute_ms = 60'000;

const date::time_zone& as_zone(const void* zone) {
  return *static_cast<const date::time_zone*>(zone);
}

int64_t floor_minutes(int64_t ms) {
  return ms >= 0 ? ms / zone_minute_ms : -((-ms + zone_minute_ms - 1) / zone_minute_ms);
}

}  // namespace

Result<Zone> Zone::find(const std::string& name) {
  if (name == "UTC") return utc();
  // The library throws where there is no such zone, or no database at all.
  try {
    (void)date::get_tzdb();
  } catch (const std::exception& e) {
    return Error("TimeZonesMissing", "this machine has no time zone database (package tzdata)");
  }
  Zone out;
  try {
    out.zone_ = date::locate_zone(name);
  } catch (const std::exception& e) {
    return Error("TimeZoneUnknown", "there is no time zone " + name);
  }
  return out;
}

int64_t Zone::local_minute(Time at) const {
  if (!zone_) return floor_minutes(at.ms);
  date::sys_seconds seconds{std::chrono::seconds{floor_minutes(at.ms) * 60}};
  auto offset = as_zone(zone_).get_info(seconds).offset;
  return floor_minutes(at.ms +
                       std::chrono::duration_cast<std::chrono::milliseconds>(offset).count());
}

std::optional<Time> Zone::when(int64_t local_minute) const {
  if (!zone_) return Time{local_minute * zone_minute_ms};
  date::local_seconds local{std::chrono::seconds{local_minute * 60}};
  date::local_info info = as_zone(zone_).get_info(local);
  if (info.result == date::local_info::nonexistent) return std::nullopt;
  int64_t offset_s = info.first.offset.count();
  return Time{(local_minute * 60 - offset_s) * 1000};
}

}  // namespace mainstay::schedules
