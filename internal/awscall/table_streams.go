package awscall

// Operations and members: botocore (Apache-2.0). Access levels and ARNs: iam-data
// (MIT). See NOTICE.md.

const tableKinesis = `
arn:$P:kinesis:$R:$A:
=stream {StreamARN}|stream/{StreamName}|?StreamId
=consumer {ConsumerARN}|@consumer{StreamARN,ConsumerName}|?StreamId
=channel {ChannelARN}
=resource {ResourceARN}|?StreamId
AddTagsToStream t stream
CreateChannel w ?
CreateStream w stream/{StreamName}
DecreaseStreamRetentionPeriod w stream
DeleteChannel w channel
DeleteResourcePolicy w resource
DeleteStream w stream
DeregisterStreamConsumer w consumer
DescribeAccountSettings r
DescribeChannel r channel
DescribeLimits r
DescribeStream r stream
DescribeStreamConsumer r consumer
DescribeStreamSummary r stream
DisableEnhancedMonitoring w stream
EnableEnhancedMonitoring w stream
GetRecords r {StreamARN}|?StreamId
GetResourcePolicy r resource
GetShardIterator r stream
IncreaseStreamRetentionPeriod w stream
ListChannels l
ListShards l stream
ListStreamConsumers l {StreamARN}|?StreamId
ListStreams l
ListTagsForResource r resource
ListTagsForStream r stream
MergeShards w stream
PutRecord w stream
PutRecords w stream
PutResourcePolicy w resource
RegisterStreamConsumer w {StreamARN}|?StreamId
RemoveTagsFromStream t stream
SplitShard w stream
StartStreamEncryption w stream @key{KeyId}
StopStreamEncryption w stream @key{KeyId}
SubscribeToShard r {ConsumerARN}|?StreamId
TagResource t resource
UntagResource t resource
UpdateAccountSettings w
UpdateChannel w channel
UpdateMaxRecordSize w {StreamARN}|?StreamId
UpdateShardCount w stream
UpdateStreamMode w {StreamARN}|?StreamId
UpdateStreamRecordDistributionStrategy w {StreamARN}|?StreamId
UpdateStreamWarmThroughput w stream
`

const tableFirehose = `
arn:$P:firehose:$R:$A:
=stream deliverystream/{DeliveryStreamName}
CreateDeliveryStream w stream
DeleteDeliveryStream w stream
DescribeDeliveryStream r stream
ListDeliveryStreams l
ListTagsForDeliveryStream l stream
PutRecord w stream
PutRecordBatch w stream
StartDeliveryStreamEncryption w stream
StopDeliveryStreamEncryption w stream
TagDeliveryStream t stream
UntagDeliveryStream t stream
UpdateDestination w stream
`
