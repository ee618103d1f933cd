#include <doctest/doctest.h>

#include "base/json.hh"
#include "blueprints/blueprint.hh"

using namespace mainstay;
using namespace mainstay::blueprints;

namespace {

Result<Value> render_named(const char* name, const char* variables) {
  return render(*find(name).value(), {"one", "acme-one", parse_json(variables).value()});
}

std::string ids(const Value& section) {
  std::string text;
  for (const auto& [id, value] : section.members()) text += id + " ";
  return text;
}

constexpr const char* vpc2 = "stacker_blueprints.vpc.VPC2";
constexpr const char* network = "stacker_blueprints.network.Network";
constexpr const char* base = R"("VpcId":"v","VpcDefaultSecurityGroup":"g","AvailabilityZone":"z",
                                "CidrBlock":"10.0.0.0/24")";
std::string with(const std::string& more) {
  return std::string("{") + base + (more.empty() ? "" : "," + more) + "}";
}

}  // namespace

TEST_CASE("VPC2 makes what the original makes") {
  Value t = render_named(vpc2, R"({"VPC":{"Main":{"CidrBlock":"10.0.0.0/16"}},
      "InternalZone":{"Zone":{"Name":"internal."}}})")
                .value();
  CHECK(ids(t["Resources"]) ==
        "Main InternetGateway VPCGatewayAttachment Zone DHCPOptions VPCDHCPOptionsAssociation ");
  CHECK(ids(t["Outputs"]) ==
        "VpcId CidrBlock DefaultNetworkAcl DefaultSecurityGroup CidrBlockAssociations "
        "Ipv6CidrBlocks InternetGatewayId VPCGatewayAttachmentId InternalZoneId InternalZoneName "
        "DHCPOptionsId VPCDHCPOptionsAssociation ");
  CHECK(to_json(t["Resources"]["Zone"]["Properties"]["VPCs"]) ==
        R"([{"VPCId":{"Ref":"Main"},"VPCRegion":{"Ref":"AWS::Region"}}])");
  CHECK(t["Resources"]["DHCPOptions"]["Properties"]["DomainName"] == "internal.");
}

TEST_CASE("without an internal zone, VPC2 sets no search path") {
  Value t = render_named(vpc2, R"({"VPC":{"VPC":{"CidrBlock":"10.0.0.0/16"}}})").value();
  CHECK_FALSE(t["Resources"]["DHCPOptions"]["Properties"].has("DomainName"));
  CHECK_FALSE(t["Outputs"].has("InternalZoneId"));
}

TEST_CASE("networks are public, private or cut off") {
  Value cut_off = render_named(network, with("").c_str()).value();
  CHECK(ids(cut_off["Resources"]) == "Subnet RouteTable SubnetRouteTableAssociation ");
  CHECK(cut_off["Outputs"]["NetworkType"]["Value"] == "private");
  Value pub =
      render_named(network, with(R"("InternetGatewayId":"i","CreateNatGateway":"true")").c_str())
          .value();
  CHECK(ids(pub["Resources"]) ==
        "Subnet RouteTable SubnetRouteTableAssociation NatGatewayEIP NatGateway DefaultRoute ");
  CHECK(pub["Resources"]["DefaultRoute"]["Properties"]["GatewayId"] == "i");
  Value priv =
      render_named(network, with(R"("NatGatewayId":"n","Tags":{"A":"1","Z":"2"})").c_str()).value();
  CHECK(priv["Resources"]["DefaultRoute"]["Properties"]["NatGatewayId"] == "n");
  CHECK(
      to_json(priv["Resources"]["Subnet"]["Properties"]["Tags"]) ==
      R"([{"Key":"A","Value":"1"},{"Key":"NetworkType","Value":"private"},{"Key":"Z","Value":"2"}])");
}

TEST_CASE("variables that contradict each other, are missing or of the wrong kind are refused") {
  CHECK(render_named(network, with(R"("NatGatewayId":"n","InternetGatewayId":"i")").c_str())
            .error()
            .code == "BlueprintInvalid");
  CHECK(render_named(network, with(R"("NatGatewayId":"n","CreateNatGateway":true)").c_str())
            .error()
            .code == "BlueprintInvalid");
  Error missing = render_named(network, R"({"VpcId":"v"})").error();
  CHECK(missing.code == "VariableMissing");
  CHECK(missing.to_string().contains("variable VpcDefaultSecurityGroup"));
  CHECK(render_named(vpc2, R"({"VPC":{"A":{},"B":{}}})").error().code == "VariableInvalid");
  CHECK(render_named(network, with(R"("Tags":"x")").c_str()).error().code == "VariableInvalid");
  CHECK(unknown_variables(*find(network).value(), parse_json(R"({"Vpc":1})").value()) ==
        std::vector<std::string>{"Vpc"});
}

TEST_CASE("an unknown blueprint is answered with the nearest") {
  CHECK(find("stacker_blueprints.vpc.VPC3").error().hint ==
        "did you mean \"stacker_blueprints.vpc.VPC\"?");
}
