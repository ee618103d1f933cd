// What the files of this service lend each other.
#pragma once

#include "cloud/call.hh"
#include "services/route53/name.hh"

namespace mainstay::route53 {

inline constexpr size_t page_default = 100;  // MaxItems of lists

using cloud::Call;

// "Z123" of "/hostedzone/Z123" or "Z123".
std::string bare_id(const std::string& id);
Result<Value> get_zone(Call& call, const Value& in, std::string_view member = "Id");
void put_zone(Call& call, const Value& zone);

// Where a record stands in its table: the zone's records are one run, in the order of lists.
std::string record_key(const std::string& zone_id, std::string_view name, std::string_view type,
                       std::string_view set_identifier);
std::string record_key(const std::string& zone_id, const Value& record);
// The zone's records with a name, every type; or every name, where name is "".
List records_of(Call& call, const std::string& zone_id, std::string_view name = "");

// Remembers a change, and answers it as "ChangeInfo".
Value new_change(Call& call, const Value& comment);
Value change_info(const Value& change, Time now);

// MaxItems, a text: without one, and of more, as many as a page holds ("If you specify a value
// greater than 100, Route 53 returns only the first 100"). Error InvalidInput for what is no count.
Result<size_t> items_asked(const Value& in, size_t page_max);

// What is wrong with a record set by itself, in AWS's words; empty if nothing.
std::string check_record(const Value& record, const Value& zone);

#define ROUTE53_HANDLER(name) Result<Value> name(Call& call, const Value& in)

ROUTE53_HANDLER(create_hosted_zone);
ROUTE53_HANDLER(get_hosted_zone);
ROUTE53_HANDLER(list_hosted_zones);
ROUTE53_HANDLER(list_hosted_zones_by_name);
ROUTE53_HANDLER(list_hosted_zones_by_vpc);
ROUTE53_HANDLER(get_hosted_zone_count);
ROUTE53_HANDLER(update_hosted_zone_comment);
ROUTE53_HANDLER(delete_hosted_zone);
ROUTE53_HANDLER(associate_vpc);
ROUTE53_HANDLER(disassociate_vpc);
ROUTE53_HANDLER(change_records);
ROUTE53_HANDLER(list_records);
ROUTE53_HANDLER(get_change);
ROUTE53_HANDLER(change_tags);
ROUTE53_HANDLER(list_tags);
ROUTE53_HANDLER(list_tags_for_many);
ROUTE53_HANDLER(create_health_check);
ROUTE53_HANDLER(get_health_check);
ROUTE53_HANDLER(list_health_checks);
ROUTE53_HANDLER(update_health_check);
ROUTE53_HANDLER(delete_health_check);
ROUTE53_HANDLER(get_health_check_status);

#undef ROUTE53_HANDLER

}  // namespace mainstay::route53
