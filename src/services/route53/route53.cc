#include "services/route53/route53.hh"

#include "services/route53/zone.hh"

namespace mainstay::route53 {

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "route53";
  service.calls = {"ec2"};
  service.scope = cloud::Scope::account;
  service.operations = {writes("CreateHostedZone", create_hosted_zone),
                        reads("GetHostedZone", get_hosted_zone),
                        reads("ListHostedZones", list_hosted_zones),
                        reads("ListHostedZonesByName", list_hosted_zones_by_name),
                        reads("ListHostedZonesByVPC", list_hosted_zones_by_vpc),
                        reads("GetHostedZoneCount", get_hosted_zone_count),
                        writes("UpdateHostedZoneComment", update_hosted_zone_comment),
                        writes("DeleteHostedZone", delete_hosted_zone),
                        writes("AssociateVPCWithHostedZone", associate_vpc),
                        writes("DisassociateVPCFromHostedZone", disassociate_vpc),
                        writes("ChangeResourceRecordSets", change_records),
                        reads("ListResourceRecordSets", list_records),
                        reads("GetChange", get_change),
                        writes("ChangeTagsForResource", change_tags),
                        reads("ListTagsForResource", list_tags),
                        reads("ListTagsForResources", list_tags_for_many),
                        writes("CreateHealthCheck", create_health_check),
                        reads("GetHealthCheck", get_health_check),
                        reads("ListHealthChecks", list_health_checks),
                        writes("UpdateHealthCheck", update_health_check),
                        writes("DeleteHealthCheck", delete_health_check),
                        reads("GetHealthCheckStatus", get_health_check_status)};
  service.indexes = {{"route53", "zone", "CallerReference"},
                     {"route53", "zone", "Name"},
                     {"route53", "health-check", "CallerReference"}};
  return service;
}

}  // namespace mainstay::route53
