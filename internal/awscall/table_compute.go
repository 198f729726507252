package awscall

// Operations and members: botocore (Apache-2.0). Access levels and ARNs: iam-data
// (MIT). See NOTICE.md.

const tableLambda = `
arn:$P:lambda:$R:$A:
=function @function{FunctionName}
=qualified @function{FunctionName,Qualifier}
=layer @layer{LayerName,VersionNumber}
=mapping event-source-mapping:{UUID}
=capacity capacity-provider:{CapacityProviderName}
=signing {CodeSigningConfigArn}
=execution {DurableExecutionArn}
=resource {Resource}
=policy {ResourceArn}
AddLayerVersionPermission p layer
AddPermission p qualified
CheckpointDurableExecution w execution
CreateAlias w function
CreateCapacityProvider w capacity
CreateCodeSigningConfig w
CreateEventSourceMapping w function ~{EventSourceArn}
CreateFunction w function ~@object{Code.S3Bucket,Code.S3Key}
CreateFunctionUrlConfig w qualified
DeleteAlias w function
DeleteCapacityProvider w capacity
DeleteCodeSigningConfig w signing
DeleteEventSourceMapping w mapping
DeleteFunction w qualified
DeleteFunctionCodeSigningConfig w function
DeleteFunctionConcurrency w function
DeleteFunctionEventInvokeConfig w qualified
DeleteFunctionUrlConfig w qualified
DeleteLayerVersion w layer
DeleteProvisionedConcurrencyConfig w qualified
DeleteResourcePolicy p policy
GetAccountSettings r
GetAlias r function
GetCapacityProvider r capacity
GetCodeSigningConfig r signing
GetDurableExecution r execution
GetDurableExecutionHistory r execution
GetDurableExecutionState r execution
GetEventSourceMapping r mapping
GetFunction r qualified
GetFunctionCodeSigningConfig r function
GetFunctionConcurrency r function
GetFunctionConfiguration r qualified
GetFunctionEventInvokeConfig r qualified
GetFunctionRecursionConfig r function
GetFunctionScalingConfig r qualified
GetFunctionUrlConfig r qualified
GetLayerVersion r layer
GetLayerVersionByArn r {Arn}
GetLayerVersionPolicy r layer
GetPolicy r qualified
GetProvisionedConcurrencyConfig r qualified
GetResourcePolicy r policy
GetRuntimeManagementConfig r qualified
Invoke w qualified
InvokeAsync w function
InvokeWithResponseStream w qualified
ListAliases l function
ListCapacityProviders l
ListCodeSigningConfigs l
ListDurableExecutionsByFunction l qualified
ListEventSourceMappings l ~function ~{EventSourceArn}
ListFunctionEventInvokeConfigs l function
ListFunctionUrlConfigs l function
ListFunctionVersionsByCapacityProvider l capacity
ListFunctions l
ListFunctionsByCodeSigningConfig l signing
ListLayerVersions l @layer{LayerName}
ListLayers l
ListProvisionedConcurrencyConfigs l function
ListTags r resource
ListVersionsByFunction l function
PublishLayerVersion w @layer{LayerName} ~@object{Content.S3Bucket,Content.S3Key}
PublishVersion w function
PutFunctionCodeSigningConfig w function signing
PutFunctionConcurrency w function
PutFunctionEventInvokeConfig w qualified
PutFunctionRecursionConfig w function
PutFunctionScalingConfig w qualified
PutProvisionedConcurrencyConfig w qualified
PutResourcePolicy p policy
PutRuntimeManagementConfig w qualified
RemoveLayerVersionPermission p layer
RemovePermission p qualified
SendDurableExecutionCallbackFailure w ?
SendDurableExecutionCallbackHeartbeat w ?
SendDurableExecutionCallbackSuccess w ?
StopDurableExecution w execution
TagResource t resource
UntagResource t resource
UpdateAlias w function
UpdateCapacityProvider w capacity
UpdateCodeSigningConfig w signing
UpdateEventSourceMapping w mapping ~function
UpdateFunctionCode w function ~@object{S3Bucket,S3Key}
UpdateFunctionConfiguration w function
UpdateFunctionEventInvokeConfig w qualified
UpdateFunctionUrlConfig w qualified
`

const tableSFN = `
arn:$P:states:$R:$A:
=machine {StateMachineArn}
=activity {ActivityArn}
=execution {ExecutionArn}
=alias {StateMachineAliasArn}
=run {MapRunArn}
=resource {ResourceArn}
CreateActivity w activity:{Name}
CreateStateMachine w stateMachine:{Name}
CreateStateMachineAlias w {RoutingConfiguration.StateMachineVersionArn}
DeleteActivity w activity
DeleteStateMachine w machine
DeleteStateMachineAlias w alias
DeleteStateMachineVersion w {StateMachineVersionArn}
DescribeActivity r activity
DescribeExecution r execution
DescribeMapRun r run
DescribeStateMachine r machine
DescribeStateMachineAlias r alias
DescribeStateMachineForExecution r execution
GetActivityTask w activity
GetExecutionHistory r execution
ListActivities l
ListExecutions l {StateMachineArn}|{MapRunArn}
ListMapRuns l execution
ListStateMachineAliases l machine
ListStateMachineVersions l machine
ListStateMachines l
ListTagsForResource l resource
PublishStateMachineVersion w machine
RedriveExecution w execution
SendTaskFailure w ?
SendTaskHeartbeat w ?
SendTaskSuccess w ?
StartExecution w machine
StartSyncExecution w machine
StopExecution w execution
TagResource t resource
TestState w
UntagResource t resource
UpdateMapRun w run
UpdateStateMachine w machine
UpdateStateMachineAlias w alias
ValidateStateMachineDefinition r
`
