#include "services/ecs/ecs.hh"

#include "services/ecs/deploy.hh"
#include "services/ecs/handlers.hh"
#include "services/ecs/host.hh"
#include "services/ecs/machine.hh"

namespace mainstay::ecs {
namespace {

using cloud::reads, cloud::writes;

constexpr cloud::Operation operations[] = {
    writes("CreateCluster", create_cluster),
    reads("DescribeClusters", describe_clusters),
    reads("ListClusters", list_clusters),
    writes("UpdateCluster", update_cluster),
    writes("UpdateClusterSettings", update_cluster),
    writes("DeleteCluster", delete_cluster),
    writes("RegisterTaskDefinition", register_definition),
    reads("DescribeTaskDefinition", describe_definition),
    reads("ListTaskDefinitions", list_definitions),
    reads("ListTaskDefinitionFamilies", list_families),
    writes("DeregisterTaskDefinition", deregister_definition),
    writes("DeleteTaskDefinitions", delete_definitions),
    writes("RegisterContainerInstance", register_instance),
    reads("DescribeContainerInstances", describe_instances),
    reads("ListContainerInstances", list_instances),
    writes("UpdateContainerInstancesState", update_instances_state),
    writes("DeregisterContainerInstance", deregister_instance),
    writes("PutAttributes", put_attributes),
    writes("DeleteAttributes", delete_attributes),
    reads("ListAttributes", list_attributes),
    writes("RunTask", run_task),
    writes("StartTask", start_task),
    writes("StopTask", stop_task),
    reads("DescribeTasks", describe_tasks),
    reads("ListTasks", list_tasks),
    writes("CreateService", create_service),
    writes("UpdateService", update_service),
    writes("DeleteService", delete_service),
    reads("DescribeServices", describe_services),
    reads("ListServices", list_services),
    writes("TagResource", tag_resource),
    writes("UntagResource", untag_resource),
    reads("ListTagsForResource", list_tags_for_resource)};

}  // namespace

cloud::Service make_service(bool makes_containers) {
  cloud::Service service;
  service.name = "ecs";
  service.operations.assign(std::begin(operations), std::end(operations));
  service.background = std::make_shared<Host>(makes_containers);
  service.guard = guard;
  service.reactions = {{.name = "step", .work = step},
                       {.name = "watch", .work = watch},
                       {.name = "deploy", .react = deploy},
                       {.name = "forget", .react = forget}};
  return service;
}

}  // namespace mainstay::ecs
