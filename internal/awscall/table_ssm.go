package awscall

// Operations and members: botocore (Apache-2.0). Access levels and ARNs: iam-data
// (MIT). See NOTICE.md.

const tableSSM = `
arn:$P:ssm:$R:$A:
=association association/{AssociationId}
=automation automation-execution/{AutomationExecutionId}
=baseline patchbaseline/{BaselineId}
=connector cloud-connector/{CloudConnectorId}
=document @document{Name}
=named @document{DocumentName}
=instance @instance{InstanceId}
=instances @instance{InstanceIds}
=item opsitem/{OpsItemId}
=itemorarn opsitem/{OpsItemId}|{OpsItemArn}
=metadata {OpsMetadataArn}
=parameter @parameter{Name}
=parameters @parameter{Names}
=session session/{SessionId}
=setting @setting{SettingId}
=sync resource-data-sync/{SyncName}
=tagged @taggable{ResourceType,ResourceId}
=window maintenancewindow/{WindowId}
=windowtarget windowtarget/{WindowTargetId}
=windowtask windowtask/{WindowTaskId}
=resource {ResourceArn}
AddTagsToResource t tagged
AssociateOpsItemRelatedItem w item
CancelCommand w ?
CancelMaintenanceWindowExecution w ?
CreateActivation w
CreateAssociation w document ~@instance{InstanceId} ?Targets ?TargetMaps ?TargetLocations
CreateAssociationBatch w @document{Entries.Name} ~@instance{Entries.InstanceId} ?Entries.Targets ?Entries.TargetMaps ?Entries.TargetLocations
CreateCloudConnector w ?
CreateDocument w document
CreateMaintenanceWindow w
CreateOpsItem w
CreateOpsMetadata w ?
CreatePatchBaseline w
CreateResourceDataSync w sync
DeleteActivation w ?
DeleteAssociation w association/{AssociationId}|@document{Name} ~@instance{InstanceId}
DeleteCloudConnector w connector
DeleteDocument w document
DeleteInventory w ?
DeleteMaintenanceWindow w window
DeleteOpsItem w item
DeleteOpsMetadata w metadata
DeleteParameter w parameter
DeleteParameters w parameters
DeletePatchBaseline w baseline
DeleteResourceDataSync w sync
DeleteResourcePolicy p resource
DeregisterManagedInstance w instance
DeregisterPatchBaselineForPatchGroup w baseline
DeregisterTargetFromMaintenanceWindow w window windowtarget
DeregisterTaskFromMaintenanceWindow w window windowtask
DescribeActivations r
DescribeAssociation r association/{AssociationId}|@document{Name} ~@instance{InstanceId}
DescribeAssociationExecutionTargets r association
DescribeAssociationExecutions r association
DescribeAutomationExecutions r
DescribeAutomationStepExecutions r automation
DescribeAvailablePatches r
DescribeDocument r document
DescribeDocumentPermission r document
DescribeEffectiveInstanceAssociations r instance
DescribeEffectivePatchesForPatchBaseline r baseline
DescribeInstanceAssociationsStatus r instance
DescribeInstanceInformation r
DescribeInstancePatchStates r instances
DescribeInstancePatchStatesForPatchGroup r ?
DescribeInstancePatches r instance
DescribeInstanceProperties r
DescribeInventoryDeletions r
DescribeMaintenanceWindowExecutionTaskInvocations l ?
DescribeMaintenanceWindowExecutionTasks l ?
DescribeMaintenanceWindowExecutions l window
DescribeMaintenanceWindowSchedule l ~maintenancewindow/{WindowId}
DescribeMaintenanceWindowTargets l window
DescribeMaintenanceWindowTasks l window
DescribeMaintenanceWindows l
DescribeMaintenanceWindowsForTarget l
DescribeOpsItems r
DescribeParameters l
DescribePatchBaselines l
DescribePatchGroupState l ?
DescribePatchGroups l
DescribePatchProperties l
DescribeSessions l
DisassociateOpsItemRelatedItem w item
GetAccessToken r opsitem/{AccessRequestId}
GetAutomationExecution r automation
GetCalendarState r @document{CalendarNames}
GetCloudConnector r connector
GetCommandInvocation r ?
GetConnectionStatus r @instance{Target}
GetDefaultPatchBaseline r ?
GetDeployablePatchSnapshotForInstance r instance
GetDocument r document
GetExecutionPreview r ?
GetInventory r
GetInventorySchema r
GetMaintenanceWindow r window
GetMaintenanceWindowExecution r ?
GetMaintenanceWindowExecutionTask r ?
GetMaintenanceWindowExecutionTaskInvocation r ?
GetMaintenanceWindowTask r window windowtask
GetOpsItem r itemorarn
GetOpsMetadata r metadata
GetOpsSummary r ~resource-data-sync/{SyncName}
GetParameter r parameter
GetParameterHistory r parameter
GetParameters r parameters
GetParametersByPath r @path{Path}
GetPatchBaseline r baseline
GetPatchBaselineForPatchGroup r ?
GetResourcePolicies l resource
GetServiceSetting r setting
LabelParameterVersion w parameter
ListAssociationVersions l association
ListAssociations l
ListCloudConnectors l
ListCommandInvocations l ~@instance{InstanceId}
ListCommands l ~@instance{InstanceId}
ListComplianceItems l
ListComplianceSummaries l
ListDocumentMetadataHistory l document
ListDocumentVersions l document
ListDocuments l
ListInventoryEntries l instance
ListNodes l ~resource-data-sync/{SyncName}
ListNodesSummary l ~resource-data-sync/{SyncName}
ListOpsItemEvents l
ListOpsItemRelatedItems l ~opsitem/{OpsItemId}
ListOpsMetadata l
ListResourceComplianceSummaries l
ListResourceDataSync l
ListTagsForResource l tagged
ModifyDocumentPermission p document
PutComplianceItems w @instance{ResourceId}
PutInventory w instance
PutParameter w parameter
PutResourcePolicy p resource
RegisterDefaultPatchBaseline w baseline
RegisterPatchBaselineForPatchGroup w baseline
RegisterTargetWithMaintenanceWindow w window
RegisterTaskWithMaintenanceWindow w window
RemoveTagsFromResource t tagged
ResetServiceSetting w setting
ResumeSession w session
SendAutomationSignal w automation
SendCommand w named ~@instance{InstanceIds} ?Targets ~@bucket{OutputS3BucketName}
StartAccessRequest w ?
StartAssociationsOnce w association/{AssociationIds}
StartAutomationExecution w named
StartChangeRequestExecution w named @document{Runbooks.DocumentName}
StartExecutionPreview r named
StartSession w @instance{Target} ~@document{DocumentName}
StopAutomationExecution w automation
TerminateSession w session
UnlabelParameterVersion w parameter
UpdateAssociation w association ~@document{Name} ?Targets ?TargetMaps ?TargetLocations
UpdateAssociationStatus w document instance
UpdateCloudConnector w connector
UpdateDocument w document
UpdateDocumentDefaultVersion w document
UpdateDocumentMetadata w document
UpdateMaintenanceWindow w window
UpdateMaintenanceWindowTarget w window windowtarget
UpdateMaintenanceWindowTask w window windowtask
UpdateManagedInstanceRole w instance arn:$P:iam::$A:role/{IamRole}
UpdateOpsItem w itemorarn
UpdateOpsMetadata w metadata
UpdatePatchBaseline w baseline
UpdateResourceDataSync w sync
UpdateServiceSetting w setting
ValidateCloudConnector r connector
`
