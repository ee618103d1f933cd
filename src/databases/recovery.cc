#include "databases/recovery.hh"

#include <algorithm>
#include <unordered_map>

#include "base/text.hh"

namespace mainstay::databases {
namespace {

constexpr int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms, whole_day_ms = 24 * hour_ms;

struct Found {
  const Snapshot* newest = nullptr;
  bool is_copying = false;
};

// By the database's ARN: copies by their tag, others by the name of the database in its own region.
using NewestByKey = std::unordered_map<std::string, Found>;

void take(Found& found, const Snapshot& one) {
  if (one.status == "copying" || one.status == "creating") found.is_copying = true;
  if (one.is_available() && (!found.newest || *one.taken > *found.newest->taken))
    found.newest = &one;
}

std::string name_key(const Kind& kind, const std::string& id) {
  return kind.word + (" " + id);
}

NewestByKey newest_in(const std::vector<Snapshot>& snapshots, bool is_own_region) {
  NewestByKey out;
  for (const Snapshot& one : snapshots) {
    std::string copied = copied_database(one);
    if (!copied.empty())
      take(out[copied], one);
    else if (is_own_region)
      take(out[name_key(*one.kind, one.database)], one);
  }
  return out;
}

std::string xml_text(const std::string& text) {
  return replace_all(replace_all(replace_all(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
}

std::string cell(size_t column, size_t row, const std::string& text, const char* colour) {
  std::string x = std::to_string(column * 180 + 4), y = std::to_string(row * 28 + 4);
  std::string text_y = std::to_string(row * 28 + 22), text_x = std::to_string(column * 180 + 12);
  return "<rect x=\"" + x + "\" y=\"" + y + "\" width=\"176\" height=\"24\" fill=\"" + colour +
         "\"/><text x=\"" + text_x + "\" y=\"" + text_y + "\">" + xml_text(text) + "</text>\n";
}

}  // namespace

std::vector<RecoveryPoint> recovery_points(const Listing& listing,
                                           const std::vector<Database>& databases,
                                           const std::vector<std::string>& regions,
                                           int64_t promised_ms, Time now) {
  std::vector<NewestByKey> found;
  for (const std::string& region : regions)
    found.push_back(newest_in(listing.snapshots.at(region),
                              !databases.empty() && region == databases.front().region));
  std::vector<RecoveryPoint> out;
  for (const Database& database : databases)
    for (size_t i = 0; i < regions.size(); ++i) {
      bool is_own = regions[i] == database.region;
      Found best = found[i][database.arn];
      if (is_own) {
        const Found& own = found[i][name_key(*database.kind, database.id)];
        if (own.newest) take(best, *own.newest);
        best.is_copying = best.is_copying || own.is_copying;
      }
      RecoveryPoint point{database.id, regions[i], "", std::nullopt, false, "none"};
      if (best.newest) {
        point.snapshot = best.newest->id;
        point.age_ms = std::max<int64_t>(0, now - *best.newest->taken);
        point.is_met = *point.age_ms <= promised_ms;
        point.state = point.is_met ? "good" : "too old";
      } else if (best.is_copying) {
        point.state = is_own ? "creating" : "copying";
      }
      out.push_back(std::move(point));
    }
  return out;
}

std::string age_words(int64_t age_ms) {
  if (age_ms >= 2 * whole_day_ms)
    return std::to_string(age_ms / whole_day_ms) + " d " +
           std::to_string(age_ms % whole_day_ms / hour_ms) + " h";
  return std::to_string(age_ms / hour_ms) + " h " + std::to_string(age_ms % hour_ms / minute_ms) +
         " m";
}

std::string recovery_svg(const std::vector<RecoveryPoint>& points) {
  std::vector<std::string> rows, columns;
  const auto place = [](std::vector<std::string>& all, const std::string& one) {
    auto found = std::ranges::find(all, one);
    if (found == all.end()) found = all.insert(all.end(), one);
    return static_cast<size_t>(found - all.begin()) + 1;
  };
  std::string cells;
  // Points come database by database, so its row is the last or a new one.
  for (const RecoveryPoint& point : points) {
    if (rows.empty() || rows.back() != point.database) {
      rows.push_back(point.database);
      cells += cell(0, rows.size(), point.database, "#eeeeee");
    }
    std::string text = point.age_ms ? age_words(*point.age_ms) + ", " + point.state : point.state;
    cells +=
        cell(place(columns, point.region), rows.size(), text, point.is_met ? "#c8e6c9" : "#ffcdd2");
  }
  for (size_t i = 0; i < columns.size(); ++i) cells += cell(i + 1, 0, columns[i], "#eeeeee");
  std::string width = std::to_string((columns.size() + 1) * 180 + 4);
  std::string height = std::to_string((rows.size() + 1) * 28 + 4);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height +
         "\" font-family=\"sans-serif\" font-size=\"13\">\n" + cells + "</svg>\n";
}

}  // namespace mainstay::databases
