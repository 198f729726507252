package awscall

// What S3 routes by: method, level and subresources, of botocore (Apache-2.0).
// See NOTICE.md. Nothing of it stands in a subresource's value but where valuesS3
// says so.

const routesS3 = `
GET:service: ListBuckets
POST:answer: WriteGetObjectResponse
DELETE:bucket: DeleteBucket
DELETE:bucket:analytics&id DeleteBucketAnalyticsConfiguration
DELETE:bucket:cors DeleteBucketCors
DELETE:bucket:encryption DeleteBucketEncryption
DELETE:bucket:id&intelligent-tiering DeleteBucketIntelligentTieringConfiguration
DELETE:bucket:id&inventory DeleteBucketInventoryConfiguration
DELETE:bucket:id&metrics DeleteBucketMetricsConfiguration
DELETE:bucket:lifecycle DeleteBucketLifecycle
DELETE:bucket:metadataConfiguration DeleteBucketMetadataConfiguration
DELETE:bucket:metadataTable DeleteBucketMetadataTableConfiguration
DELETE:bucket:ownershipControls DeleteBucketOwnershipControls
DELETE:bucket:policy DeleteBucketPolicy
DELETE:bucket:publicAccessBlock DeletePublicAccessBlock
DELETE:bucket:replication DeleteBucketReplication
DELETE:bucket:tagging DeleteBucketTagging
DELETE:bucket:website DeleteBucketWebsite
DELETE:object: DeleteObject
DELETE:object:annotation&annotationName DeleteObjectAnnotation
DELETE:object:tagging DeleteObjectTagging
DELETE:object:uploadId AbortMultipartUpload
GET:bucket: ListObjects
GET:bucket:abac GetBucketAbac
GET:bucket:accelerate GetBucketAccelerateConfiguration
GET:bucket:acl GetBucketAcl
GET:bucket:analytics ListBucketAnalyticsConfigurations
GET:bucket:analytics&id GetBucketAnalyticsConfiguration
GET:bucket:cors GetBucketCors
GET:bucket:encryption GetBucketEncryption
GET:bucket:id&intelligent-tiering GetBucketIntelligentTieringConfiguration
GET:bucket:id&inventory GetBucketInventoryConfiguration
GET:bucket:id&metrics GetBucketMetricsConfiguration
GET:bucket:intelligent-tiering ListBucketIntelligentTieringConfigurations
GET:bucket:inventory ListBucketInventoryConfigurations
GET:bucket:lifecycle GetBucketLifecycleConfiguration
GET:bucket:list-type ListObjectsV2
GET:bucket:location GetBucketLocation
GET:bucket:logging GetBucketLogging
GET:bucket:metadataConfiguration GetBucketMetadataConfiguration
GET:bucket:metadataTable GetBucketMetadataTableConfiguration
GET:bucket:metrics ListBucketMetricsConfigurations
GET:bucket:notification GetBucketNotificationConfiguration
GET:bucket:object-lock GetObjectLockConfiguration
GET:bucket:ownershipControls GetBucketOwnershipControls
GET:bucket:policy GetBucketPolicy
GET:bucket:policyStatus GetBucketPolicyStatus
GET:bucket:publicAccessBlock GetPublicAccessBlock
GET:bucket:replication GetBucketReplication
GET:bucket:requestPayment GetBucketRequestPayment
GET:bucket:session CreateSession
GET:bucket:tagging GetBucketTagging
GET:bucket:uploads ListMultipartUploads
GET:bucket:versioning GetBucketVersioning
GET:bucket:versions ListObjectVersions
GET:bucket:website GetBucketWebsite
GET:object: GetObject
GET:object:acl GetObjectAcl
GET:object:annotation ListObjectAnnotations
GET:object:annotation&annotationName GetObjectAnnotation
GET:object:attributes GetObjectAttributes
GET:object:legal-hold GetObjectLegalHold
GET:object:partNumber GetObject
GET:object:retention GetObjectRetention
GET:object:tagging GetObjectTagging
GET:object:torrent GetObjectTorrent
GET:object:uploadId ListParts
HEAD:bucket: HeadBucket
HEAD:object: HeadObject
HEAD:object:partNumber HeadObject
POST:bucket:delete DeleteObjects
POST:bucket:metadataConfiguration CreateBucketMetadataConfiguration
POST:bucket:metadataTable CreateBucketMetadataTableConfiguration
POST:object:restore RestoreObject
POST:object:select&select-type SelectObjectContent
POST:object:uploadId CompleteMultipartUpload
POST:object:uploads CreateMultipartUpload
PUT:bucket: CreateBucket
PUT:bucket:abac PutBucketAbac
PUT:bucket:accelerate PutBucketAccelerateConfiguration
PUT:bucket:acl PutBucketAcl
PUT:bucket:analytics&id PutBucketAnalyticsConfiguration
PUT:bucket:cors PutBucketCors
PUT:bucket:encryption PutBucketEncryption
PUT:bucket:id&intelligent-tiering PutBucketIntelligentTieringConfiguration
PUT:bucket:id&inventory PutBucketInventoryConfiguration
PUT:bucket:id&metrics PutBucketMetricsConfiguration
PUT:bucket:lifecycle PutBucketLifecycleConfiguration
PUT:bucket:logging PutBucketLogging
PUT:bucket:metadataAnnotationTable UpdateBucketMetadataAnnotationTableConfiguration
PUT:bucket:metadataInventoryTable UpdateBucketMetadataInventoryTableConfiguration
PUT:bucket:metadataJournalTable UpdateBucketMetadataJournalTableConfiguration
PUT:bucket:notification PutBucketNotificationConfiguration
PUT:bucket:object-lock PutObjectLockConfiguration
PUT:bucket:ownershipControls PutBucketOwnershipControls
PUT:bucket:policy PutBucketPolicy
PUT:bucket:publicAccessBlock PutPublicAccessBlock
PUT:bucket:replication PutBucketReplication
PUT:bucket:requestPayment PutBucketRequestPayment
PUT:bucket:tagging PutBucketTagging
PUT:bucket:versioning PutBucketVersioning
PUT:bucket:website PutBucketWebsite
PUT:object: PutObject
PUT:object:acl PutObjectAcl
PUT:object:annotation&annotationName PutObjectAnnotation
PUT:object:encryption UpdateObjectEncryption
PUT:object:legal-hold PutObjectLegalHold
PUT:object:partNumber&uploadId UploadPart
PUT:object:renameObject RenameObject
PUT:object:retention PutObjectRetention
PUT:object:tagging PutObjectTagging
`

// valuesS3 are the subresources that have a value.
const valuesS3 = `
annotationName any
id any
list-type 2
partNumber any
select-type 2
uploadId any
`

// subresourcesS3 are the others.
const subresourcesS3 = " abac accelerate acl analytics annotation attributes cors delete encryption intelligent-tiering inventory" +
	" legal-hold lifecycle location logging metadataAnnotationTable metadataConfiguration metadataInventoryTable" +
	" metadataJournalTable metadataTable metrics notification object-lock ownershipControls policy policyStatus" +
	" publicAccessBlock renameObject replication requestPayment restore retention select session tagging torrent uploads" +
	" versioning versions website "

// ordinaryS3 are keys of the query that no operation is told by.
const ordinaryS3 = " x-id versionId prefix delimiter marker max-keys encoding-type continuation-token start-after fetch-owner" +
	" key-marker version-id-marker upload-id-marker max-uploads max-parts part-number-marker max-buckets bucket-region" +
	" annotation-prefix max-annotation-results response-cache-control response-content-disposition" +
	" response-content-encoding response-content-language response-content-type response-expires" +
	" AWSAccessKeyId Signature Expires "
