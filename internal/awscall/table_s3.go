package awscall

// Operations and members: botocore (Apache-2.0). Access levels and ARNs: iam-data
// (MIT). See NOTICE.md.

const tableS3 = `
arn:$P:s3:::
=bucket @bucket{Bucket}
=object @object{Bucket,Key}
AbortMultipartUpload w object
CompleteMultipartUpload w object
CopyObject w+r^ACL,GrantFullControl,GrantRead,GrantReadACP,GrantWriteACP object @copy{CopySource}
CreateBucket w^ACL,GrantFullControl,GrantRead,GrantReadACP,GrantWrite,GrantWriteACP,ObjectOwnership bucket
CreateBucketMetadataConfiguration w bucket
CreateBucketMetadataTableConfiguration w bucket
CreateMultipartUpload w^ACL,GrantFullControl,GrantRead,GrantReadACP,GrantWriteACP object
CreateSession w bucket
DeleteBucket w bucket
DeleteBucketAnalyticsConfiguration w bucket
DeleteBucketCors w bucket
DeleteBucketEncryption w bucket
DeleteBucketIntelligentTieringConfiguration w bucket
DeleteBucketInventoryConfiguration w bucket
DeleteBucketLifecycle w bucket
DeleteBucketMetadataConfiguration w bucket
DeleteBucketMetadataTableConfiguration w bucket
DeleteBucketMetricsConfiguration w bucket
DeleteBucketOwnershipControls p bucket
DeleteBucketPolicy p bucket
DeleteBucketReplication w bucket
DeleteBucketTagging t bucket
DeleteBucketWebsite w bucket
DeleteObject w^BypassGovernanceRetention object
DeleteObjectAnnotation w object
DeleteObjectTagging t object
DeleteObjects w^BypassGovernanceRetention @object{Bucket,Delete.Objects.Key}
DeletePublicAccessBlock p bucket
GetBucketAbac r bucket
GetBucketAccelerateConfiguration r bucket
GetBucketAcl r bucket
GetBucketAnalyticsConfiguration r bucket
GetBucketCors r bucket
GetBucketEncryption r bucket
GetBucketIntelligentTieringConfiguration r bucket
GetBucketInventoryConfiguration r bucket
GetBucketLifecycleConfiguration r bucket
GetBucketLocation r bucket
GetBucketLogging r bucket
GetBucketMetadataConfiguration r bucket
GetBucketMetadataTableConfiguration r bucket
GetBucketMetricsConfiguration r bucket
GetBucketNotificationConfiguration r bucket
GetBucketOwnershipControls r bucket
GetBucketPolicy r bucket
GetBucketPolicyStatus r bucket
GetBucketReplication r bucket
GetBucketRequestPayment r bucket
GetBucketTagging r bucket
GetBucketVersioning r bucket
GetBucketWebsite r bucket
GetObject r object
GetObjectAcl r object
GetObjectAnnotation r object
GetObjectAttributes r object
GetObjectLegalHold r object
GetObjectLockConfiguration r bucket
GetObjectRetention r object
GetObjectTagging r object
GetObjectTorrent r object
GetPublicAccessBlock r bucket
HeadBucket l bucket
HeadObject r object
ListBucketAnalyticsConfigurations r bucket
ListBucketIntelligentTieringConfigurations r bucket
ListBucketInventoryConfigurations r bucket
ListBucketMetricsConfigurations r bucket
ListBuckets l
ListDirectoryBuckets l
ListMultipartUploads l bucket
ListObjectAnnotations l object
ListObjectVersions l bucket
ListObjects l bucket
ListObjectsV2 l bucket
ListParts l object
PutBucketAbac w bucket
PutBucketAccelerateConfiguration w bucket
PutBucketAcl p bucket
PutBucketAnalyticsConfiguration w bucket
PutBucketCors w bucket
PutBucketEncryption w bucket
PutBucketIntelligentTieringConfiguration w bucket
PutBucketInventoryConfiguration w bucket
PutBucketLifecycleConfiguration w bucket
PutBucketLogging w bucket
PutBucketMetricsConfiguration w bucket
PutBucketNotificationConfiguration w bucket
PutBucketOwnershipControls p bucket
PutBucketPolicy p bucket
PutBucketReplication w bucket
PutBucketRequestPayment w bucket
PutBucketTagging t bucket
PutBucketVersioning w bucket
PutBucketWebsite w bucket
PutObject w^ACL,GrantFullControl,GrantRead,GrantReadACP,GrantWriteACP object
PutObjectAcl p object
PutObjectAnnotation w object
PutObjectLegalHold w object
PutObjectLockConfiguration w bucket
PutObjectRetention w^BypassGovernanceRetention object
PutObjectTagging t object
PutPublicAccessBlock p bucket
RenameObject w object @copy{RenameSource}
RestoreObject w object
SelectObjectContent r object
UpdateBucketMetadataAnnotationTableConfiguration w bucket
UpdateBucketMetadataInventoryTableConfiguration w bucket
UpdateBucketMetadataJournalTableConfiguration w bucket
UpdateObjectEncryption w object
UploadPart w object
UploadPartCopy w+r object @copy{CopySource}
WriteGetObjectResponse w ?
`
