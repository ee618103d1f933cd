#include "blueprints/vpc.hh"

#include <algorithm>

#include "base/text.hh"
#include "blueprints/builder.hh"

namespace mainstay::blueprints {
namespace {

const Variable vpc_variables[] = {
    {"VPC",
     VariableType::resource,
     true,
     {},
     "the VPC, as {LogicalId: properties}",
     "AWS::EC2::VPC"},
    {"InternalZone",
     VariableType::resource,
     false,
     {},
     "a private hosted zone for the VPC, as {LogicalId: properties}; none if left out",
     "AWS::Route53::HostedZone"},
};

struct Named {
  std::string id;
  Value properties;
};

// Of a variable that was checked to hold one resource.
Named resource_of(const Value& variable) {
  const auto& [id, properties] = variable.members().nth(0);
  return {id, properties};
}

void add_vpc(Builder& t, const Named& vpc) {
  t.resource(vpc.id, "AWS::EC2::VPC", vpc.properties);
  t.output("VpcId", ref_to(vpc.id));
  for (const char* attribute : {"CidrBlock", "DefaultNetworkAcl", "DefaultSecurityGroup"})
    t.output(attribute, get_att(vpc.id, attribute));
  for (const char* attribute : {"CidrBlockAssociations", "Ipv6CidrBlocks"})
    t.output(attribute, join_with(",", get_att(vpc.id, attribute)));
}

void add_gateway(Builder& t, const Named& vpc) {
  t.resource("InternetGateway", "AWS::EC2::InternetGateway", Value::map());
  t.output("InternetGatewayId", ref_to("InternetGateway"));
  t.resource(
      "VPCGatewayAttachment", "AWS::EC2::VPCGatewayAttachment",
      Value::map({{"VpcId", ref_to(vpc.id)}, {"InternetGatewayId", ref_to("InternetGateway")}}));
  t.output("VPCGatewayAttachmentId", ref_to("VPCGatewayAttachment"));
}

// Returns the zone's name, for the DHCP options' search path.
Value add_internal_zone(Builder& t, const Named& vpc, const Named& zone) {
  Value properties = zone.properties;
  properties.set(
      "VPCs",
      Value::list({Value::map({{"VPCId", ref_to(vpc.id)}, {"VPCRegion", ref_to("AWS::Region")}})}));
  Value name = properties["Name"];
  t.resource(zone.id, "AWS::Route53::HostedZone", std::move(properties));
  t.output("InternalZoneId", ref_to(zone.id));
  t.output("InternalZoneName", name);
  return name;
}

void add_dhcp_options(Builder& t, const Named& vpc, const Value& search_path) {
  t.resource("DHCPOptions", "AWS::EC2::DHCPOptions",
             Value::map({{"DomainName", search_path},
                         {"DomainNameServers", Value::list({"AmazonProvidedDNS"})}}));
  t.output("DHCPOptionsId", ref_to("DHCPOptions"));
  t.resource("VPCDHCPOptionsAssociation", "AWS::EC2::VPCDHCPOptionsAssociation",
             Value::map({{"VpcId", ref_to(vpc.id)}, {"DhcpOptionsId", ref_to("DHCPOptions")}}));
  t.output("VPCDHCPOptionsAssociation", ref_to("VPCDHCPOptionsAssociation"));
}

Result<Value> render_vpc2(const Blueprint&, const RenderInput& input) {
  const Value& given = input.variables;
  Builder t;
  Named vpc = resource_of(given["VPC"]);
  add_vpc(t, vpc);
  add_gateway(t, vpc);
  Value search_path = no_value();
  if (given.has("InternalZone")) {
    Named zone = resource_of(given["InternalZone"]);
    if (!zone.properties.has("Name"))
      return Error("BlueprintInvalid", "the internal zone has no Name")
          .because("variable InternalZone");
    search_path = add_internal_zone(t, vpc, zone);
  }
  add_dhcp_options(t, vpc, search_path);
  return std::move(t).finish();
}

}  // namespace

Blueprint vpc2_blueprint() {
  return {"stacker_blueprints.vpc.VPC2",
          "a VPC with internet gateway, DHCP options and an optional private zone", vpc_variables,
          render_vpc2};
}

}  // namespace mainstay::blueprints
