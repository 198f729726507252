package awscall

// Operations and members: botocore (Apache-2.0). Access levels and ARNs: iam-data
// (MIT). See NOTICE.md.

const tableDynamoDB = `
arn:$P:dynamodb:$R:$A:
=table table/{TableName}
=index @index{TableName,IndexName}
=resource {ResourceArn}
=global arn:$P:dynamodb::$A:global-table/{GlobalTableName}
BatchExecuteStatement - @statement{Statements.Statement}
BatchGetItem r table/{RequestItems}
BatchWriteItem w table/{RequestItems}
CancelBulkOperation w {BulkOperationArn}
CreateBackup w table
CreateGlobalTable w global table/{GlobalTableName}
CreateTable w^ResourcePolicy table ~{GlobalTableSourceArn}
DeleteBackup w {BackupArn}
DeleteItem w table
DeleteResourcePolicy p resource
DeleteTable w table
DescribeBackup r {BackupArn}
DescribeBulkOperation r {BulkOperationArn}
DescribeContinuousBackups r table
DescribeContributorInsights r index
DescribeEndpoints r
DescribeExport r {ExportArn}
DescribeGlobalTable r global
DescribeGlobalTableSettings r global
DescribeImport r {ImportArn}
DescribeKinesisStreamingDestination r table
DescribeLimits r
DescribeTable r table
DescribeTableReplicaAutoScaling r table
DescribeTimeToLive r table
DisableKinesisStreamingDestination w table {StreamArn}
EnableKinesisStreamingDestination w table {StreamArn}
ExecuteStatement - @statement{Statement}
ExecuteTransaction - @statement{TransactStatements.Statement}
ExportTableToPointInTime w {TableArn} @bucket{S3Bucket}
GetItem r table
GetResourcePolicy r resource
ImportTable w table/{TableCreationParameters.TableName} @bucket{S3BucketSource.S3Bucket}
ListBackups l ~table
ListBulkOperations l
ListContributorInsights l ~table
ListExports l ~{TableArn}
ListGlobalTables l
ListImports l ~{TableArn}
ListTables l
ListTagsOfResource r resource
PutItem w table
PutResourcePolicy p resource
Query r index
RestoreTableFromBackup w {BackupArn} table/{TargetTableName}
RestoreTableToPointInTime w {SourceTableArn}|table/{SourceTableName} table/{TargetTableName}
Scan r index
SearchVectors r index
StartBulkPutItems w table @bucket{InputS3Configuration.S3Bucket} ~@bucket{OutputS3Configuration.S3Bucket}
TagResource t resource
TransactGetItems r table/{TransactItems.Get.TableName}
TransactWriteItems w table/{TransactItems.Put+Update+Delete+ConditionCheck.TableName}
UntagResource t resource
UpdateContinuousBackups w table
UpdateContributorInsights w index
UpdateGlobalTable w global table/{GlobalTableName}
UpdateGlobalTableSettings w global table/{GlobalTableName}
UpdateItem w table
UpdateKinesisStreamingDestination w table {StreamArn}
UpdateTable w table
UpdateTableReplicaAutoScaling w table
UpdateTimeToLive w table
`

const tableDynamoDBStreams = `
arn:$P:dynamodb:$R:$A:
DescribeStream r {StreamArn}
GetRecords r @iterator{ShardIterator}
GetShardIterator r {StreamArn}
ListStreams r ~table/{TableName}
`
