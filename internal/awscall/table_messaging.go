package awscall

// Operations and members: botocore (Apache-2.0). Access levels and ARNs: iam-data
// (MIT). See NOTICE.md.

const tableSQS = `
arn:$P:sqs:$R:$A:
=queue @queue{QueueUrl}
AddPermission p queue
CancelMessageMoveTask w ?
ChangeMessageVisibility w queue
ChangeMessageVisibilityBatch w queue
CreateQueue w @queueof{QueueName}
DeleteMessage w queue
DeleteMessageBatch w queue
DeleteQueue w queue
GetQueueAttributes r queue
GetQueueUrl r @queueof{QueueName,QueueOwnerAWSAccountId}
ListDeadLetterSourceQueues r queue
ListMessageMoveTasks r {SourceArn}
ListQueueTags r queue
ListQueues r
PurgeQueue w queue
ReceiveMessage r queue
RemovePermission p queue
SendMessage w queue
SendMessageBatch w queue
SetQueueAttributes p queue
StartMessageMoveTask w {SourceArn} ~{DestinationArn}
TagQueue t queue
UntagQueue t queue
`

const tableSNS = `
arn:$P:sns:$R:$A:
=topic {TopicArn}
=resource {ResourceArn}
=subscription @subscription{SubscriptionArn}
AddPermission p topic
CheckIfPhoneNumberIsOptedOut r ?
ConfirmSubscription w topic
CreatePlatformApplication w app/{Platform}/{Name}
CreatePlatformEndpoint w {PlatformApplicationArn}
CreateSMSSandboxPhoneNumber w ?
CreateTopic w arn:$P:sns:$R:$A:{Name}
DeleteEndpoint w {EndpointArn}
DeletePlatformApplication w {PlatformApplicationArn}
DeleteSMSSandboxPhoneNumber w ?
DeleteTopic w topic
GetDataProtectionPolicy r resource
GetEndpointAttributes r {EndpointArn}
GetPlatformApplicationAttributes r {PlatformApplicationArn}
GetSMSAttributes r
GetSMSSandboxAccountStatus r
GetSubscriptionAttributes r subscription
GetTopicAttributes r topic
ListEndpointsByPlatformApplication l {PlatformApplicationArn}
ListOriginationNumbers l
ListPhoneNumbersOptedOut r
ListPlatformApplications l
ListSMSSandboxPhoneNumbers l
ListSubscriptions l
ListSubscriptionsByTopic l topic
ListTagsForResource r resource
ListTopics l
OptInPhoneNumber w ?
Publish w {TopicArn}|{TargetArn}|?PhoneNumber
PublishBatch w topic
PutDataProtectionPolicy w resource
RemovePermission p topic
SetEndpointAttributes w {EndpointArn}
SetPlatformApplicationAttributes w {PlatformApplicationArn}
SetSMSAttributes w
SetSubscriptionAttributes w subscription
SetTopicAttributes p topic
Subscribe w topic
TagResource t resource
Unsubscribe w subscription
UntagResource t resource
VerifySMSSandboxPhoneNumber w ?
`

const tableEventBridge = `
arn:$P:events:$R:$A:
=rule @rule{Name,EventBusName}
=rulenamed @rule{Rule,EventBusName}
=inbus @bus{EventBusName?}
=source arn:$P:events:$R::event-source/{Name}
=apidestination api-destination/{Name}
=archive archive/{ArchiveName}
=connection connection/{Name}
=endpoint endpoint/{Name}
=replay replay/{ReplayName}
=resource {ResourceARN}
ActivateEventSource w source
CancelReplay w replay
CreateApiDestination w apidestination {ConnectionArn}
CreateArchive w archive {EventSourceArn} ~@key{KmsKeyIdentifier}
CreateConnection w connection
CreateEndpoint w endpoint {EventBuses.EventBusArn}
CreateEventBus w event-bus/{Name}
CreatePartnerEventSource w source
DeactivateEventSource w source
DeauthorizeConnection w connection
DeleteApiDestination w apidestination
DeleteArchive w archive
DeleteConnection w connection
DeleteEndpoint w endpoint
DeleteEventBus w event-bus/{Name}
DeletePartnerEventSource w source
DeleteRule w rule
DescribeApiDestination r apidestination
DescribeArchive r archive
DescribeConnection r connection
DescribeEndpoint r endpoint
DescribeEventBus r @bus{Name?}
DescribeEventSource r source
DescribePartnerEventSource r source
DescribeReplay r replay
DescribeRule r rule
DisableRule w rule
EnableRule w rule
ListApiDestinations l ~{ConnectionArn}
ListArchives l ~{EventSourceArn}
ListConnections l
ListEndpoints l
ListEventBuses l
ListEventSources l
ListPartnerEventSourceAccounts l arn:$P:events:$R::event-source/{EventSourceName}
ListPartnerEventSources l
ListReplays l ~{EventSourceArn}
ListRuleNamesByTarget l inbus
ListRules l inbus
ListTagsForResource l resource
ListTargetsByRule l rulenamed
PutEvents w @bus{Entries.EventBusName?} ?EndpointId
PutPartnerEvents w arn:$P:events:$R::event-source/{Entries.Source}
PutPermission p inbus
PutRule w rule
PutTargets w rulenamed
RemovePermission p inbus
RemoveTargets w rulenamed
StartReplay w replay {EventSourceArn} {Destination.Arn}
TagResource t resource
TestEventPattern r
UntagResource t resource
UpdateApiDestination w apidestination ~{ConnectionArn}
UpdateArchive w archive ~@key{KmsKeyIdentifier}
UpdateConnection w connection
UpdateEndpoint w endpoint ~{EventBuses.EventBusArn}
UpdateEventBus w @bus{Name?}
`
