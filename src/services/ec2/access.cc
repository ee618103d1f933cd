// What decisions about requests ask EC2: the tags of its resources.
#include "cloud/access.hh"

#include "services/ec2/handlers.hh"
#include "services/ec2/resource.hh"

namespace mainstay::ec2 {

Status guard(Call& call, const Value&, cloud::Access& access) {
  const std::string& arn = access.request.resource;
  std::string id = arn.substr(arn.rfind('/') + 1);
  const Kind* kind = kind_of_id(id);
  const Value* document = kind ? call.find(kind->table, id) : nullptr;
  if (!document) return {};
  access.resource_tags((*document)[tags_member(*kind)], "ec2");
  for (const char* member : {"VpcId", "SubnetId"})
    if (document->has(member)) {
      bool vpc = std::string_view(member) == "VpcId";
      access.request.context.set(vpc ? "ec2:Vpc" : "ec2:Subnet",
                                 "arn:aws:ec2:" + call.region + ":" + call.account + ":" +
                                     (vpc ? "vpc/" : "subnet/") + (*document)[member].as_string());
    }
  return {};
}

}  // namespace mainstay::ec2
