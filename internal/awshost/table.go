package awshost

// The data of this file derives from the service models and endpoint rules of
// botocore 1.43.127 (Copyright Amazon.com, Inc. or its affiliates, Apache License
// 2.0, https://github.com/boto/botocore), which are also those of aws-sdk-go-v2:
// the ServiceID, signing name, endpoint prefix, host prefixes and hosts of every
// service. So do the host prefixes that older SDKs have, of botocore 1.20.112 to
// 1.38.46 (2021 to 2025): streaming-logs, discovery-datasync, edge.iotsitewise,
// model.iotsitewise, verification.signer, and Chime's identity- and messaging-.
// Where a service's prefix in IAM is not its signing name, and for hosts that no
// model has (VPC endpoints, SMTP, git), AWS's documentation was followed.

// services are all services, sorted by ID, and after them the runs that byHost
// needs and that are not neighbours. It is laid out by the linker.
var services = [...]Service{
	{"accessanalyzer", "accessanalyzer"},
	{"account", "account"},
	{"accountaccess", "accountaccess"},
	{"accountaccessruntime", "accountaccess"},
	{"acm", "acm"},
	{"acmpca", "acmpca"},
	{"agentregistry", "agentregistry"},
	{"agentregistrycontrol", "agentregistry"},
	{"aiops", "aiops"},
	{"amp", "aps"},
	{"amplify", "amplify"},
	{"amplifybackend", "amplifybackend"},
	{"amplifyuibuilder", "amplifyuibuilder"},
	{"apigateway", "apigateway"},
	{"apigatewaymanagementapi", "executeapi"},
	{"apigatewayv2", "apigateway"},
	{"appconfig", "appconfig"},
	{"appconfigdata", "appconfig"},
	{"appfabric", "appfabric"},
	{"appflow", "appflow"},
	{"appintegrations", "appintegrations"},
	{"applicationautoscaling", "applicationautoscaling"},
	{"applicationcostprofiler", "applicationcostprofiler"},
	{"applicationdiscoveryservice", "discovery"},
	{"applicationinsights", "applicationinsights"},
	{"applicationsignals", "applicationsignals"},
	{"appmesh", "appmesh"},
	{"apprunner", "apprunner"},
	{"appstream", "appstream"},
	{"appsync", "appsync"},
	{"arcregionswitch", "arcregionswitch"},
	{"arczonalshift", "arczonalshift"},
	{"artifact", "artifact"},
	{"athena", "athena"},
	{"auditmanager", "auditmanager"},
	{"autoscaling", "autoscaling"},
	{"autoscalingplans", "autoscalingplans"},
	{"b2bi", "b2bi"},
	{"backup", "backup"},
	{"backupgateway", "backupgateway"},
	{"backupsearch", "backupsearch"},
	{"batch", "batch"},
	{"bcmdashboards", "bcmdashboards"},
	{"bcmdataexports", "bcmdataexports"},
	{"bcmpricingcalculator", "bcmpricingcalculator"},
	{"bcmrecommendedactions", "bcmrecommendedactions"},
	{"bedrock", "bedrock"},
	{"bedrockagent", "bedrock"},
	{"bedrockagentcore", "bedrockagentcore"},
	{"bedrockagentcorecontrol", "bedrockagentcore"},
	{"bedrockagentruntime", "bedrock"},
	{"bedrockdataautomation", "bedrock"},
	{"bedrockdataautomationruntime", "bedrock"},
	{"bedrockruntime", "bedrock"},
	{"billing", "billing"},
	{"billingconductor", "billingconductor"},
	{"braket", "braket"},
	{"budgets", "budgets"},
	{"chatbot", "chatbot"},
	{"chime", "chime"},
	{"chimesdkidentity", "chime"},
	{"chimesdkmediapipelines", "chime"},
	{"chimesdkmeetings", "chime"},
	{"chimesdkmessaging", "chime"},
	{"chimesdkvoice", "chime"},
	{"cleanrooms", "cleanrooms"},
	{"cleanroomsml", "cleanroomsml"},
	{"cloud9", "cloud9"},
	{"cloudcontrol", "cloudformation"},
	{"clouddirectory", "clouddirectory"},
	{"cloudformation", "cloudformation"},
	{"cloudfront", "cloudfront"},
	{"cloudfrontkeyvaluestore", "cloudfrontkeyvaluestore"},
	{"cloudhsm", "cloudhsm"},
	{"cloudhsmv2", "cloudhsm"},
	{"cloudsearch", "cloudsearch"},
	{"cloudsearchdomain", "cloudsearch"},
	{"cloudtrail", "cloudtrail"},
	{"cloudtraildata", "cloudtraildata"},
	{"cloudwatch", "cloudwatch"},
	{"cloudwatchevents", "events"},
	{"cloudwatchlogs", "logs"},
	{"cloudwatchomni", "cloudwatch"},
	{"codeartifact", "codeartifact"},
	{"codebuild", "codebuild"},
	{"codecatalyst", "codecatalyst"},
	{"codecommit", "codecommit"},
	{"codeconnections", "codeconnections"},
	{"codedeploy", "codedeploy"},
	{"codeguruprofiler", "codeguruprofiler"},
	{"codegurureviewer", "codegurureviewer"},
	{"codegurusecurity", "codegurusecurity"},
	{"codepipeline", "codepipeline"},
	{"codestarconnections", "codestarconnections"},
	{"codestarnotifications", "codestarnotifications"},
	{"cognitoidentity", "cognitoidentity"},
	{"cognitoidentityprovider", "cognitoidp"},
	{"cognitosync", "cognitosync"},
	{"comprehend", "comprehend"},
	{"comprehendmedical", "comprehendmedical"},
	{"computeoptimizer", "computeoptimizer"},
	{"computeoptimizerautomation", "acoautomation"},
	{"configservice", "config"},
	{"connect", "connect"},
	{"connectcampaigns", "connectcampaigns"},
	{"connectcampaignsv2", "connectcampaigns"},
	{"connectcases", "cases"},
	{"connectcontactlens", "connect"},
	{"connecthealth", "healthagent"},
	{"connectparticipant", "connect"},
	{"continuum", "continuum"},
	{"controlcatalog", "controlcatalog"},
	{"controltower", "controltower"},
	{"costandusagereportservice", "cur"},
	{"costexplorer", "ce"},
	{"costoptimizationhub", "costoptimizationhub"},
	{"customerprofiles", "profile"},
	{"databasemigrationservice", "dms"},
	{"databrew", "databrew"},
	{"dataexchange", "dataexchange"},
	{"datapipeline", "datapipeline"},
	{"datasync", "datasync"},
	{"datazone", "datazone"},
	{"dax", "dax"},
	{"deadline", "deadline"},
	{"detective", "detective"},
	{"devicefarm", "devicefarm"},
	{"devopsagent", "aidevops"},
	{"devopsguru", "devopsguru"},
	{"directconnect", "directconnect"},
	{"directoryservice", "ds"},
	{"directoryservicedata", "dsdata"},
	{"dlm", "dlm"},
	{"docdb", "rds"},
	{"docdbelastic", "docdbelastic"},
	{"drs", "drs"},
	{"dsql", "dsql"},
	{"dynamodb", "dynamodb"},
	{"dynamodbstreams", "dynamodb"},
	{"ebs", "ebs"},
	{"ec2", "ec2"},
	{"ec2instanceconnect", "ec2instanceconnect"},
	{"ecr", "ecr"},
	{"ecrpublic", "ecrpublic"},
	{"ecs", "ecs"},
	{"efs", "elasticfilesystem"},
	{"eks", "eks"},
	{"eksauth", "eksauth"},
	{"elasticache", "elasticache"},
	{"elasticbeanstalk", "elasticbeanstalk"},
	{"elasticloadbalancing", "elasticloadbalancing"},
	{"elasticloadbalancingv2", "elasticloadbalancing"},
	{"elasticsearchservice", "es"},
	{"elementalinference", "elementalinference"},
	{"emr", "elasticmapreduce"},
	{"emrcontainers", "emrcontainers"},
	{"emrserverless", "emrserverless"},
	{"endusermessaging", "endusermessaging"},
	{"entityresolution", "entityresolution"},
	{"eventbridge", "events"},
	{"eventbridgev2", "events"},
	{"evs", "evs"},
	{"firehose", "firehose"},
	{"fis", "fis"},
	{"fms", "fms"},
	{"forecast", "forecast"},
	{"forecastquery", "forecast"},
	{"frauddetector", "frauddetector"},
	{"freetier", "freetier"},
	{"fsx", "fsx"},
	{"gamelift", "gamelift"},
	{"gameliftstreams", "gameliftstreams"},
	{"geomaps", "geomaps"},
	{"geoplaces", "geoplaces"},
	{"georoutes", "georoutes"},
	{"glacier", "glacier"},
	{"globalaccelerator", "globalaccelerator"},
	{"glue", "glue"},
	{"grafana", "grafana"},
	{"greengrass", "greengrass"},
	{"greengrassv2", "greengrass"},
	{"groundstation", "groundstation"},
	{"guardduty", "guardduty"},
	{"health", "health"},
	{"healthlake", "healthlake"},
	{"iam", "iam"},
	{"iamtoolbox", "iam"},
	{"identitystore", "identitystore"},
	{"imagebuilder", "imagebuilder"},
	{"importexport", "importexport"},
	{"inspector", "inspector"},
	{"inspector2", "inspector2"},
	{"inspectorscan", "inspectorscan"},
	{"interconnect", "interconnect"},
	{"internetmonitor", "internetmonitor"},
	{"invoicing", "invoicing"},
	{"iot", "iot"},
	{"iotdataplane", "iot"},
	{"iotdeviceadvisor", "iotdeviceadvisor"},
	{"iotfleetwise", "iotfleetwise"},
	{"iotjobsdataplane", "iotjobsdata"},
	{"iotmanagedintegrations", "iotmanagedintegrations"},
	{"iotsecuretunneling", "iot"},
	{"iotsitewise", "iotsitewise"},
	{"iotthingsgraph", "iotthingsgraph"},
	{"iottwinmaker", "iottwinmaker"},
	{"iotwireless", "iotwireless"},
	{"ivs", "ivs"},
	{"ivschat", "ivschat"},
	{"ivsrealtime", "ivs"},
	{"kafka", "kafka"},
	{"kafkaconnect", "kafkaconnect"},
	{"kendra", "kendra"},
	{"kendraranking", "kendraranking"},
	{"keyspaces", "cassandra"},
	{"keyspacesstreams", "cassandra"},
	{"kinesis", "kinesis"},
	{"kinesisanalytics", "kinesisanalytics"},
	{"kinesisanalyticsv2", "kinesisanalytics"},
	{"kinesisvideo", "kinesisvideo"},
	{"kinesisvideoarchivedmedia", "kinesisvideo"},
	{"kinesisvideomedia", "kinesisvideo"},
	{"kinesisvideosignaling", "kinesisvideo"},
	{"kinesisvideowebrtcstorage", "kinesisvideo"},
	{"kms", "kms"},
	{"lakeformation", "lakeformation"},
	{"lambda", "lambda"},
	{"lambdacore", "lambda"},
	{"lambdamicrovms", "lambda"},
	{"lambdaweb", "lambda"},
	{"launchwizard", "launchwizard"},
	{"lexmodelbuildingservice", "lex"},
	{"lexmodelsv2", "lex"},
	{"lexruntimeservice", "lex"},
	{"lexruntimev2", "lex"},
	{"licensemanager", "licensemanager"},
	{"licensemanagerlinuxsubscriptions", "licensemanagerlinuxsubscriptions"},
	{"licensemanagerusersubscriptions", "licensemanagerusersubscriptions"},
	{"lightsail", "lightsail"},
	{"location", "geo"},
	{"lookoutequipment", "lookoutequipment"},
	{"m2", "m2"},
	{"machinelearning", "machinelearning"},
	{"macie2", "macie2"},
	{"mailmanager", "ses"},
	{"managedblockchain", "managedblockchain"},
	{"managedblockchainquery", "managedblockchainquery"},
	{"marketplaceagreement", "awsmarketplace"},
	{"marketplacecatalog", "awsmarketplace"},
	{"marketplacecommerceanalytics", "marketplacecommerceanalytics"},
	{"marketplacedeployment", "awsmarketplace"},
	{"marketplacediscovery", "awsmarketplace"},
	{"marketplaceentitlementservice", "awsmarketplace"},
	{"marketplacemetering", "awsmarketplace"},
	{"marketplacereporting", "awsmarketplace"},
	{"mediaconnect", "mediaconnect"},
	{"mediaconvert", "mediaconvert"},
	{"medialive", "medialive"},
	{"mediapackage", "mediapackage"},
	{"mediapackagev2", "mediapackagev2"},
	{"mediapackagevod", "mediapackagevod"},
	{"mediastore", "mediastore"},
	{"mediastoredata", "mediastore"},
	{"mediatailor", "mediatailor"},
	{"medicalimaging", "medicalimaging"},
	{"memorydb", "memorydb"},
	{"mgn", "mgn"},
	{"migrationhub", "mgh"},
	{"migrationhubconfig", "mgh"},
	{"migrationhuborchestrator", "migrationhuborchestrator"},
	{"migrationhubrefactorspaces", "refactorspaces"},
	{"migrationhubstrategy", "migrationhubstrategy"},
	{"mpa", "mpa"},
	{"mq", "mq"},
	{"mturk", "mechanicalturk"},
	{"mwaa", "airflow"},
	{"mwaaserverless", "airflowserverless"},
	{"neptune", "rds"},
	{"neptunedata", "neptunedb"},
	{"neptunegraph", "neptunegraph"},
	{"networkfirewall", "networkfirewall"},
	{"networkflowmonitor", "networkflowmonitor"},
	{"networkmanager", "networkmanager"},
	{"networkmonitor", "networkmonitor"},
	{"networksecuritymanager", "networksecuritymanager"},
	{"notifications", "notifications"},
	{"notificationscontacts", "notificationscontacts"},
	{"novaact", "novaact"},
	{"oam", "oam"},
	{"observabilityadmin", "observabilityadmin"},
	{"odb", "odb"},
	{"omics", "omics"},
	{"opensearch", "es"},
	{"opensearchserverless", "aoss"},
	{"organizations", "organizations"},
	{"osis", "osis"},
	{"outposts", "outposts"},
	{"partnercentralaccount", "partnercentralaccount"},
	{"partnercentralbenefits", "partnercentralbenefits"},
	{"partnercentralchannel", "partnercentralchannel"},
	{"partnercentralrevenuemeasurement", "partnercentral"},
	{"partnercentralselling", "partnercentralselling"},
	{"paymentcryptography", "paymentcryptography"},
	{"paymentcryptographydata", "paymentcryptography"},
	{"pcaconnectorad", "pcaconnectorad"},
	{"pcaconnectorscep", "pcaconnectorscep"},
	{"pcs", "pcs"},
	{"personalize", "personalize"},
	{"personalizeevents", "personalize"},
	{"personalizeruntime", "personalize"},
	{"pi", "pi"},
	{"pinpoint", "mobiletargeting"},
	{"pinpointemail", "ses"},
	{"pinpointsmsvoice", "smsvoice"},
	{"pinpointsmsvoicev2", "smsvoice"},
	{"pipes", "pipes"},
	{"polly", "polly"},
	{"pricing", "pricing"},
	{"pricingplanmanager", "pricingplanmanager"},
	{"proton", "proton"},
	{"qapps", "qapps"},
	{"qbusiness", "qbusiness"},
	{"qconnect", "wisdom"},
	{"quicksight", "quicksight"},
	{"ram", "ram"},
	{"rbin", "rbin"},
	{"rds", "rds"},
	{"rdsdata", "rdsdata"},
	{"redshift", "redshift"},
	{"redshiftdata", "redshiftdata"},
	{"redshiftserverless", "redshiftserverless"},
	{"rekognition", "rekognition"},
	{"repostspace", "repostspace"},
	{"resiliencehub", "resiliencehub"},
	{"resiliencehubv2", "resiliencehub"},
	{"resourceexplorer2", "resourceexplorer2"},
	{"resourcegroups", "resourcegroups"},
	{"resourcegroupstaggingapi", "tag"},
	{"rolesanywhere", "rolesanywhere"},
	{"route53", "route53"},
	{"route53domains", "route53domains"},
	{"route53globalresolver", "route53globalresolver"},
	{"route53profiles", "route53profiles"},
	{"route53recoverycluster", "route53recoverycluster"},
	{"route53recoverycontrolconfig", "route53recoverycontrolconfig"},
	{"route53recoveryreadiness", "route53recoveryreadiness"},
	{"route53resolver", "route53resolver"},
	{"rtbfabric", "rtbfabric"},
	{"rum", "rum"},
	{"s3", "s3"},
	{"s3control", "s3"},
	{"s3files", "s3files"},
	{"s3outposts", "s3outposts"},
	{"s3tables", "s3tables"},
	{"s3vectors", "s3vectors"},
	{"sagemaker", "sagemaker"},
	{"sagemakera2iruntime", "sagemaker"},
	{"sagemakeredge", "sagemaker"},
	{"sagemakerfeaturestoreruntime", "sagemaker"},
	{"sagemakergeospatial", "sagemakergeospatial"},
	{"sagemakerjobruntime", "sagemaker"},
	{"sagemakermetrics", "sagemaker"},
	{"sagemakerruntime", "sagemaker"},
	{"sagemakerruntimehttp2", "sagemaker"},
	{"sagemakertrainingsessionruntime", "sagemaker"},
	{"savingsplans", "savingsplans"},
	{"scheduler", "scheduler"},
	{"schemas", "schemas"},
	{"secretsmanager", "secretsmanager"},
	{"securityagent", "securityagent"},
	{"securityhub", "securityhub"},
	{"securityir", "securityir"},
	{"securitylake", "securitylake"},
	{"serverlessapplicationrepository", "serverlessrepo"},
	{"servicecatalog", "servicecatalog"},
	{"servicecatalogappregistry", "servicecatalog"},
	{"servicediscovery", "servicediscovery"},
	{"servicequotas", "servicequotas"},
	{"ses", "ses"},
	{"sesv2", "ses"},
	{"sfn", "states"},
	{"shield", "shield"},
	{"signer", "signer"},
	{"signerdata", "signer"},
	{"signin", "signin"},
	{"simpledb", "sdb"},
	{"simpledbv2", "sdb"},
	{"snowball", "snowball"},
	{"snowdevicemanagement", "snowdevicemanagement"},
	{"sns", "sns"},
	{"socialmessaging", "socialmessaging"},
	{"sqs", "sqs"},
	{"ssm", "ssm"},
	{"ssmcontacts", "ssmcontacts"},
	{"ssmguiconnect", "ssmguiconnect"},
	{"ssmincidents", "ssmincidents"},
	{"ssmquicksetup", "ssmquicksetup"},
	{"ssmsap", "ssmsap"},
	{"sso", "sso"},
	{"ssoadmin", "sso"},
	{"ssooidc", "ssooauth"},
	{"storagegateway", "storagegateway"},
	{"sts", "sts"},
	{"supplychain", "scn"},
	{"support", "support"},
	{"supportapp", "supportapp"},
	{"supportauthz", "supportauthz"},
	{"sustainability", "sustainability"},
	{"swf", "swf"},
	{"synthetics", "synthetics"},
	{"taxsettings", "tax"},
	{"textract", "textract"},
	{"timestreaminfluxdb", "timestreaminfluxdb"},
	{"timestreamquery", "timestream"},
	{"timestreamwrite", "timestream"},
	{"transcribe", "transcribe"},
	{"transcribestreaming", "transcribe"},
	{"transfer", "transfer"},
	{"translate", "translate"},
	{"trustedadvisor", "trustedadvisor"},
	{"uxc", "uxc"},
	{"verifiedpermissions", "verifiedpermissions"},
	{"voiceid", "voiceid"},
	{"vpclattice", "vpclattice"},
	{"waf", "waf"},
	{"wafregional", "wafregional"},
	{"wafv2", "wafv2"},
	{"wellarchitected", "wellarchitected"},
	{"wickr", "wickr"},
	{"wisdom", "wisdom"},
	{"workdocs", "workdocs"},
	{"workmail", "workmail"},
	{"workmailmessageflow", "workmailmessageflow"},
	{"workspaces", "workspaces"},
	{"workspacesinstances", "workspacesinstances"},
	{"workspacesthinclient", "thinclient"},
	{"workspacesweb", "workspacesweb"},
	{"xray", "xray"},

	{"apigateway", "apigateway"},
	{"apigatewayv2", "apigateway"},
	{"docdb", "rds"},
	{"neptune", "rds"},
	{"rds", "rds"},
	{"elasticsearchservice", "es"},
	{"opensearch", "es"},
	{"cloudwatchevents", "events"},
	{"eventbridge", "events"},
	{"geomaps", "geomaps"},
	{"location", "geo"},
	{"geoplaces", "geoplaces"},
	{"location", "geo"},
	{"georoutes", "georoutes"},
	{"location", "geo"},
	{"pinpointemail", "ses"},
	{"ses", "ses"},
	{"sesv2", "ses"},
	{"qconnect", "wisdom"},
	{"wisdom", "wisdom"},
	{"s3control", "s3"},
	{"s3outposts", "s3outposts"},
	{"chime", "chime"},
	{"chimesdkmessaging", "chime"},
}

// byName returns the index of the service with that ID or, if none has it, of the
// main one with that prefix in IAM. -1: there is none.
func byName(name string) int {
	switch name {
	case "accessanalyzer":
		return 0
	case "account":
		return 1
	case "accountaccess":
		return 2
	case "accountaccessruntime":
		return 3
	case "acm":
		return 4
	case "acmpca":
		return 5
	case "acoautomation":
		return 101
	case "agentregistry":
		return 6
	case "agentregistrycontrol":
		return 7
	case "aidevops":
		return 127
	case "aiops":
		return 8
	case "airflow":
		return 275
	case "airflowserverless":
		return 276
	case "amp":
		return 9
	case "amplify":
		return 10
	case "amplifybackend":
		return 11
	case "amplifyuibuilder":
		return 12
	case "aoss":
		return 293
	case "apigateway":
		return 13
	case "apigatewaymanagementapi":
		return 14
	case "apigatewayv2":
		return 15
	case "appconfig":
		return 16
	case "appconfigdata":
		return 17
	case "appfabric":
		return 18
	case "appflow":
		return 19
	case "appintegrations":
		return 20
	case "applicationautoscaling":
		return 21
	case "applicationcostprofiler":
		return 22
	case "applicationdiscoveryservice":
		return 23
	case "applicationinsights":
		return 24
	case "applicationsignals":
		return 25
	case "appmesh":
		return 26
	case "apprunner":
		return 27
	case "appstream":
		return 28
	case "appsync":
		return 29
	case "aps":
		return 9
	case "arcregionswitch":
		return 30
	case "arczonalshift":
		return 31
	case "artifact":
		return 32
	case "athena":
		return 33
	case "auditmanager":
		return 34
	case "autoscaling":
		return 35
	case "autoscalingplans":
		return 36
	case "awsmarketplace":
		return 248
	case "b2bi":
		return 37
	case "backup":
		return 38
	case "backupgateway":
		return 39
	case "backupsearch":
		return 40
	case "batch":
		return 41
	case "bcmdashboards":
		return 42
	case "bcmdataexports":
		return 43
	case "bcmpricingcalculator":
		return 44
	case "bcmrecommendedactions":
		return 45
	case "bedrock":
		return 46
	case "bedrockagent":
		return 47
	case "bedrockagentcore":
		return 48
	case "bedrockagentcorecontrol":
		return 49
	case "bedrockagentruntime":
		return 50
	case "bedrockdataautomation":
		return 51
	case "bedrockdataautomationruntime":
		return 52
	case "bedrockruntime":
		return 53
	case "billing":
		return 54
	case "billingconductor":
		return 55
	case "braket":
		return 56
	case "budgets":
		return 57
	case "cases":
		return 106
	case "cassandra":
		return 214
	case "ce":
		return 114
	case "chatbot":
		return 58
	case "chime":
		return 59
	case "chimesdkidentity":
		return 60
	case "chimesdkmediapipelines":
		return 61
	case "chimesdkmeetings":
		return 62
	case "chimesdkmessaging":
		return 63
	case "chimesdkvoice":
		return 64
	case "cleanrooms":
		return 65
	case "cleanroomsml":
		return 66
	case "cloud9":
		return 67
	case "cloudcontrol":
		return 68
	case "clouddirectory":
		return 69
	case "cloudformation":
		return 70
	case "cloudfront":
		return 71
	case "cloudfrontkeyvaluestore":
		return 72
	case "cloudhsm":
		return 73
	case "cloudhsmv2":
		return 74
	case "cloudsearch":
		return 75
	case "cloudsearchdomain":
		return 76
	case "cloudtrail":
		return 77
	case "cloudtraildata":
		return 78
	case "cloudwatch":
		return 79
	case "cloudwatchevents":
		return 80
	case "cloudwatchlogs":
		return 81
	case "cloudwatchomni":
		return 82
	case "codeartifact":
		return 83
	case "codebuild":
		return 84
	case "codecatalyst":
		return 85
	case "codecommit":
		return 86
	case "codeconnections":
		return 87
	case "codedeploy":
		return 88
	case "codeguruprofiler":
		return 89
	case "codegurureviewer":
		return 90
	case "codegurusecurity":
		return 91
	case "codepipeline":
		return 92
	case "codestarconnections":
		return 93
	case "codestarnotifications":
		return 94
	case "cognitoidentity":
		return 95
	case "cognitoidentityprovider":
		return 96
	case "cognitoidp":
		return 96
	case "cognitosync":
		return 97
	case "comprehend":
		return 98
	case "comprehendmedical":
		return 99
	case "computeoptimizer":
		return 100
	case "computeoptimizerautomation":
		return 101
	case "config":
		return 102
	case "configservice":
		return 102
	case "connect":
		return 103
	case "connectcampaigns":
		return 104
	case "connectcampaignsv2":
		return 105
	case "connectcases":
		return 106
	case "connectcontactlens":
		return 107
	case "connecthealth":
		return 108
	case "connectparticipant":
		return 109
	case "continuum":
		return 110
	case "controlcatalog":
		return 111
	case "controltower":
		return 112
	case "costandusagereportservice":
		return 113
	case "costexplorer":
		return 114
	case "costoptimizationhub":
		return 115
	case "cur":
		return 113
	case "customerprofiles":
		return 116
	case "databasemigrationservice":
		return 117
	case "databrew":
		return 118
	case "dataexchange":
		return 119
	case "datapipeline":
		return 120
	case "datasync":
		return 121
	case "datazone":
		return 122
	case "dax":
		return 123
	case "deadline":
		return 124
	case "detective":
		return 125
	case "devicefarm":
		return 126
	case "devopsagent":
		return 127
	case "devopsguru":
		return 128
	case "directconnect":
		return 129
	case "directoryservice":
		return 130
	case "directoryservicedata":
		return 131
	case "discovery":
		return 23
	case "dlm":
		return 132
	case "dms":
		return 117
	case "docdb":
		return 133
	case "docdbelastic":
		return 134
	case "drs":
		return 135
	case "ds":
		return 130
	case "dsdata":
		return 131
	case "dsql":
		return 136
	case "dynamodb":
		return 137
	case "dynamodbstreams":
		return 138
	case "ebs":
		return 139
	case "ec2":
		return 140
	case "ec2instanceconnect":
		return 141
	case "ecr":
		return 142
	case "ecrpublic":
		return 143
	case "ecs":
		return 144
	case "efs":
		return 145
	case "eks":
		return 146
	case "eksauth":
		return 147
	case "elasticache":
		return 148
	case "elasticbeanstalk":
		return 149
	case "elasticfilesystem":
		return 145
	case "elasticloadbalancing":
		return 150
	case "elasticloadbalancingv2":
		return 151
	case "elasticmapreduce":
		return 154
	case "elasticsearchservice":
		return 152
	case "elementalinference":
		return 153
	case "emr":
		return 154
	case "emrcontainers":
		return 155
	case "emrserverless":
		return 156
	case "endusermessaging":
		return 157
	case "entityresolution":
		return 158
	case "es":
		return 292
	case "eventbridge":
		return 159
	case "eventbridgev2":
		return 160
	case "events":
		return 159
	case "evs":
		return 161
	case "executeapi":
		return 14
	case "firehose":
		return 162
	case "fis":
		return 163
	case "fms":
		return 164
	case "forecast":
		return 165
	case "forecastquery":
		return 166
	case "frauddetector":
		return 167
	case "freetier":
		return 168
	case "fsx":
		return 169
	case "gamelift":
		return 170
	case "gameliftstreams":
		return 171
	case "geo":
		return 239
	case "geomaps":
		return 172
	case "geoplaces":
		return 173
	case "georoutes":
		return 174
	case "glacier":
		return 175
	case "globalaccelerator":
		return 176
	case "glue":
		return 177
	case "grafana":
		return 178
	case "greengrass":
		return 179
	case "greengrassv2":
		return 180
	case "groundstation":
		return 181
	case "guardduty":
		return 182
	case "health":
		return 183
	case "healthagent":
		return 108
	case "healthlake":
		return 184
	case "iam":
		return 185
	case "iamtoolbox":
		return 186
	case "identitystore":
		return 187
	case "imagebuilder":
		return 188
	case "importexport":
		return 189
	case "inspector":
		return 190
	case "inspector2":
		return 191
	case "inspectorscan":
		return 192
	case "interconnect":
		return 193
	case "internetmonitor":
		return 194
	case "invoicing":
		return 195
	case "iot":
		return 196
	case "iotdataplane":
		return 197
	case "iotdeviceadvisor":
		return 198
	case "iotfleetwise":
		return 199
	case "iotjobsdata":
		return 200
	case "iotjobsdataplane":
		return 200
	case "iotmanagedintegrations":
		return 201
	case "iotsecuretunneling":
		return 202
	case "iotsitewise":
		return 203
	case "iotthingsgraph":
		return 204
	case "iottwinmaker":
		return 205
	case "iotwireless":
		return 206
	case "ivs":
		return 207
	case "ivschat":
		return 208
	case "ivsrealtime":
		return 209
	case "kafka":
		return 210
	case "kafkaconnect":
		return 211
	case "kendra":
		return 212
	case "kendraranking":
		return 213
	case "keyspaces":
		return 214
	case "keyspacesstreams":
		return 215
	case "kinesis":
		return 216
	case "kinesisanalytics":
		return 217
	case "kinesisanalyticsv2":
		return 218
	case "kinesisvideo":
		return 219
	case "kinesisvideoarchivedmedia":
		return 220
	case "kinesisvideomedia":
		return 221
	case "kinesisvideosignaling":
		return 222
	case "kinesisvideowebrtcstorage":
		return 223
	case "kms":
		return 224
	case "lakeformation":
		return 225
	case "lambda":
		return 226
	case "lambdacore":
		return 227
	case "lambdamicrovms":
		return 228
	case "lambdaweb":
		return 229
	case "launchwizard":
		return 230
	case "lex":
		return 232
	case "lexmodelbuildingservice":
		return 231
	case "lexmodelsv2":
		return 232
	case "lexruntimeservice":
		return 233
	case "lexruntimev2":
		return 234
	case "licensemanager":
		return 235
	case "licensemanagerlinuxsubscriptions":
		return 236
	case "licensemanagerusersubscriptions":
		return 237
	case "lightsail":
		return 238
	case "location":
		return 239
	case "logs":
		return 81
	case "lookoutequipment":
		return 240
	case "m2":
		return 241
	case "machinelearning":
		return 242
	case "macie2":
		return 243
	case "mailmanager":
		return 244
	case "managedblockchain":
		return 245
	case "managedblockchainquery":
		return 246
	case "marketplaceagreement":
		return 247
	case "marketplacecatalog":
		return 248
	case "marketplacecommerceanalytics":
		return 249
	case "marketplacedeployment":
		return 250
	case "marketplacediscovery":
		return 251
	case "marketplaceentitlementservice":
		return 252
	case "marketplacemetering":
		return 253
	case "marketplacereporting":
		return 254
	case "mechanicalturk":
		return 274
	case "mediaconnect":
		return 255
	case "mediaconvert":
		return 256
	case "medialive":
		return 257
	case "mediapackage":
		return 258
	case "mediapackagev2":
		return 259
	case "mediapackagevod":
		return 260
	case "mediastore":
		return 261
	case "mediastoredata":
		return 262
	case "mediatailor":
		return 263
	case "medicalimaging":
		return 264
	case "memorydb":
		return 265
	case "mgh":
		return 267
	case "mgn":
		return 266
	case "migrationhub":
		return 267
	case "migrationhubconfig":
		return 268
	case "migrationhuborchestrator":
		return 269
	case "migrationhubrefactorspaces":
		return 270
	case "migrationhubstrategy":
		return 271
	case "mobiletargeting":
		return 311
	case "mpa":
		return 272
	case "mq":
		return 273
	case "mturk":
		return 274
	case "mwaa":
		return 275
	case "mwaaserverless":
		return 276
	case "neptune":
		return 277
	case "neptunedata":
		return 278
	case "neptunedb":
		return 278
	case "neptunegraph":
		return 279
	case "networkfirewall":
		return 280
	case "networkflowmonitor":
		return 281
	case "networkmanager":
		return 282
	case "networkmonitor":
		return 283
	case "networksecuritymanager":
		return 284
	case "notifications":
		return 285
	case "notificationscontacts":
		return 286
	case "novaact":
		return 287
	case "oam":
		return 288
	case "observabilityadmin":
		return 289
	case "odb":
		return 290
	case "omics":
		return 291
	case "opensearch":
		return 292
	case "opensearchserverless":
		return 293
	case "organizations":
		return 294
	case "osis":
		return 295
	case "outposts":
		return 296
	case "partnercentral":
		return 300
	case "partnercentralaccount":
		return 297
	case "partnercentralbenefits":
		return 298
	case "partnercentralchannel":
		return 299
	case "partnercentralrevenuemeasurement":
		return 300
	case "partnercentralselling":
		return 301
	case "paymentcryptography":
		return 302
	case "paymentcryptographydata":
		return 303
	case "pcaconnectorad":
		return 304
	case "pcaconnectorscep":
		return 305
	case "pcs":
		return 306
	case "personalize":
		return 307
	case "personalizeevents":
		return 308
	case "personalizeruntime":
		return 309
	case "pi":
		return 310
	case "pinpoint":
		return 311
	case "pinpointemail":
		return 312
	case "pinpointsmsvoice":
		return 313
	case "pinpointsmsvoicev2":
		return 314
	case "pipes":
		return 315
	case "polly":
		return 316
	case "pricing":
		return 317
	case "pricingplanmanager":
		return 318
	case "profile":
		return 116
	case "proton":
		return 319
	case "qapps":
		return 320
	case "qbusiness":
		return 321
	case "qconnect":
		return 322
	case "quicksight":
		return 323
	case "ram":
		return 324
	case "rbin":
		return 325
	case "rds":
		return 326
	case "rdsdata":
		return 327
	case "redshift":
		return 328
	case "redshiftdata":
		return 329
	case "redshiftserverless":
		return 330
	case "refactorspaces":
		return 270
	case "rekognition":
		return 331
	case "repostspace":
		return 332
	case "resiliencehub":
		return 333
	case "resiliencehubv2":
		return 334
	case "resourceexplorer2":
		return 335
	case "resourcegroups":
		return 336
	case "resourcegroupstaggingapi":
		return 337
	case "rolesanywhere":
		return 338
	case "route53":
		return 339
	case "route53domains":
		return 340
	case "route53globalresolver":
		return 341
	case "route53profiles":
		return 342
	case "route53recoverycluster":
		return 343
	case "route53recoverycontrolconfig":
		return 344
	case "route53recoveryreadiness":
		return 345
	case "route53resolver":
		return 346
	case "rtbfabric":
		return 347
	case "rum":
		return 348
	case "s3":
		return 349
	case "s3control":
		return 350
	case "s3files":
		return 351
	case "s3outposts":
		return 352
	case "s3tables":
		return 353
	case "s3vectors":
		return 354
	case "sagemaker":
		return 355
	case "sagemakera2iruntime":
		return 356
	case "sagemakeredge":
		return 357
	case "sagemakerfeaturestoreruntime":
		return 358
	case "sagemakergeospatial":
		return 359
	case "sagemakerjobruntime":
		return 360
	case "sagemakermetrics":
		return 361
	case "sagemakerruntime":
		return 362
	case "sagemakerruntimehttp2":
		return 363
	case "sagemakertrainingsessionruntime":
		return 364
	case "savingsplans":
		return 365
	case "scheduler":
		return 366
	case "schemas":
		return 367
	case "scn":
		return 403
	case "sdb":
		return 385
	case "secretsmanager":
		return 368
	case "securityagent":
		return 369
	case "securityhub":
		return 370
	case "securityir":
		return 371
	case "securitylake":
		return 372
	case "serverlessapplicationrepository":
		return 373
	case "serverlessrepo":
		return 373
	case "servicecatalog":
		return 374
	case "servicecatalogappregistry":
		return 375
	case "servicediscovery":
		return 376
	case "servicequotas":
		return 377
	case "ses":
		return 378
	case "sesv2":
		return 379
	case "sfn":
		return 380
	case "shield":
		return 381
	case "signer":
		return 382
	case "signerdata":
		return 383
	case "signin":
		return 384
	case "simpledb":
		return 385
	case "simpledbv2":
		return 386
	case "smsvoice":
		return 314
	case "snowball":
		return 387
	case "snowdevicemanagement":
		return 388
	case "sns":
		return 389
	case "socialmessaging":
		return 390
	case "sqs":
		return 391
	case "ssm":
		return 392
	case "ssmcontacts":
		return 393
	case "ssmguiconnect":
		return 394
	case "ssmincidents":
		return 395
	case "ssmquicksetup":
		return 396
	case "ssmsap":
		return 397
	case "sso":
		return 398
	case "ssoadmin":
		return 399
	case "ssooauth":
		return 400
	case "ssooidc":
		return 400
	case "states":
		return 380
	case "storagegateway":
		return 401
	case "sts":
		return 402
	case "supplychain":
		return 403
	case "support":
		return 404
	case "supportapp":
		return 405
	case "supportauthz":
		return 406
	case "sustainability":
		return 407
	case "swf":
		return 408
	case "synthetics":
		return 409
	case "tag":
		return 337
	case "tax":
		return 410
	case "taxsettings":
		return 410
	case "textract":
		return 411
	case "thinclient":
		return 435
	case "timestream":
		return 414
	case "timestreaminfluxdb":
		return 412
	case "timestreamquery":
		return 413
	case "timestreamwrite":
		return 414
	case "transcribe":
		return 415
	case "transcribestreaming":
		return 416
	case "transfer":
		return 417
	case "translate":
		return 418
	case "trustedadvisor":
		return 419
	case "uxc":
		return 420
	case "verifiedpermissions":
		return 421
	case "voiceid":
		return 422
	case "vpclattice":
		return 423
	case "waf":
		return 424
	case "wafregional":
		return 425
	case "wafv2":
		return 426
	case "wellarchitected":
		return 427
	case "wickr":
		return 428
	case "wisdom":
		return 429
	case "workdocs":
		return 430
	case "workmail":
		return 431
	case "workmailmessageflow":
		return 432
	case "workspaces":
		return 433
	case "workspacesinstances":
		return 434
	case "workspacesthinclient":
		return 435
	case "workspacesweb":
		return 436
	case "xray":
		return 437
	}
	return -1
}

// byHost returns the services that answer at the name before a host's region,
// which is without a mark of FIPS: "api.ecr", "email". nil: unknown.
func byHost(name string) []Service {
	switch name {
	case "access-analyzer":
		return services[0:1:1]
	case "account":
		return services[1:2:2]
	case "account-access":
		return services[2:3:3]
	case "account-access-runtime":
		return services[3:4:4]
	case "acm", "acm-acme":
		return services[4:5:5]
	case "acm-pca":
		return services[5:6:6]
	case "agent-registry":
		return services[6:7:7]
	case "agent-registry-control":
		return services[7:8:8]
	case "aiops":
		return services[8:9:9]
	case "aps", "aps-workspaces":
		return services[9:10:10]
	case "amplify":
		return services[10:11:11]
	case "amplifybackend":
		return services[11:12:12]
	case "amplifyuibuilder":
		return services[12:13:13]
	case "execute-api":
		return services[14:15:15]
	case "appconfig":
		return services[16:17:17]
	case "appconfigdata":
		return services[17:18:18]
	case "appfabric":
		return services[18:19:19]
	case "appflow":
		return services[19:20:20]
	case "app-integrations":
		return services[20:21:21]
	case "application-autoscaling":
		return services[21:22:22]
	case "application-cost-profiler":
		return services[22:23:23]
	case "discovery":
		return services[23:24:24]
	case "applicationinsights":
		return services[24:25:25]
	case "application-signals":
		return services[25:26:26]
	case "appmesh":
		return services[26:27:27]
	case "apprunner":
		return services[27:28:28]
	case "appstream2":
		return services[28:29:29]
	case "appsync":
		return services[29:30:30]
	case "arc-region-switch", "arc-region-switch-control-plane":
		return services[30:31:31]
	case "arc-zonal-shift":
		return services[31:32:32]
	case "artifact":
		return services[32:33:33]
	case "athena":
		return services[33:34:34]
	case "auditmanager":
		return services[34:35:35]
	case "autoscaling":
		return services[35:36:36]
	case "autoscaling-plans":
		return services[36:37:37]
	case "b2bi":
		return services[37:38:38]
	case "backup":
		return services[38:39:39]
	case "backup-gateway":
		return services[39:40:40]
	case "backup-search":
		return services[40:41:41]
	case "batch":
		return services[41:42:42]
	case "bcm-dashboards":
		return services[42:43:43]
	case "bcm-data-exports":
		return services[43:44:44]
	case "bcm-pricing-calculator":
		return services[44:45:45]
	case "bcm-recommended-actions":
		return services[45:46:46]
	case "bedrock":
		return services[46:47:47]
	case "bedrock-agent":
		return services[47:48:48]
	case "bedrock-agentcore":
		return services[48:49:49]
	case "bedrock-agentcore-control":
		return services[49:50:50]
	case "bedrock-agent-runtime":
		return services[50:51:51]
	case "bedrock-data-automation":
		return services[51:52:52]
	case "bedrock-data-automation-runtime":
		return services[52:53:53]
	case "bedrock-runtime":
		return services[53:54:54]
	case "billing":
		return services[54:55:55]
	case "billingconductor":
		return services[55:56:56]
	case "braket":
		return services[56:57:57]
	case "budgets":
		return services[57:58:58]
	case "chatbot":
		return services[58:59:59]
	case "chime":
		return services[59:60:60]
	case "identity-chime":
		return services[59:61:61]
	case "media-pipelines-chime":
		return services[61:62:62]
	case "meetings-chime":
		return services[62:63:63]
	case "messaging-chime":
		return services[460:462:462]
	case "voice-chime":
		return services[64:65:65]
	case "cleanrooms":
		return services[65:66:66]
	case "cleanrooms-ml":
		return services[66:67:67]
	case "cloud9":
		return services[67:68:68]
	case "cloudcontrolapi":
		return services[68:69:69]
	case "clouddirectory":
		return services[69:70:70]
	case "cloudformation":
		return services[70:71:71]
	case "cloudfront":
		return services[71:72:72]
	case "cloudfront-keyvaluestore", "cloudfront-kvs":
		return services[72:73:73]
	case "cloudhsm":
		return services[73:74:74]
	case "cloudhsmv2":
		return services[74:75:75]
	case "cloudsearch":
		return services[75:76:76]
	case "cloudsearchdomain":
		return services[76:77:77]
	case "cloudtrail":
		return services[77:78:78]
	case "cloudtrail-data":
		return services[78:79:79]
	case "monitoring":
		return services[79:80:80]
	case "logs", "stream-logs", "streaming-logs":
		return services[81:82:82]
	case "cloudwatch-omni":
		return services[82:83:83]
	case "codeartifact":
		return services[83:84:84]
	case "codebuild":
		return services[84:85:85]
	case "codecatalyst":
		return services[85:86:86]
	case "codecommit", "git-codecommit":
		return services[86:87:87]
	case "codeconnections":
		return services[87:88:88]
	case "codedeploy":
		return services[88:89:89]
	case "codeguru-profiler":
		return services[89:90:90]
	case "codeguru-reviewer":
		return services[90:91:91]
	case "codeguru-security":
		return services[91:92:92]
	case "codepipeline":
		return services[92:93:93]
	case "codestar-connections":
		return services[93:94:94]
	case "codestar-notifications":
		return services[94:95:95]
	case "cognito-identity":
		return services[95:96:96]
	case "cognito-idp":
		return services[96:97:97]
	case "cognito-sync":
		return services[97:98:98]
	case "comprehend":
		return services[98:99:99]
	case "comprehendmedical":
		return services[99:100:100]
	case "compute-optimizer":
		return services[100:101:101]
	case "aco-automation":
		return services[101:102:102]
	case "config":
		return services[102:103:103]
	case "connect":
		return services[103:104:104]
	case "connect-campaigns":
		return services[104:106:106]
	case "cases":
		return services[106:107:107]
	case "contact-lens":
		return services[107:108:108]
	case "health-agent", "runtime.health-agent", "streaming.health-agent":
		return services[108:109:109]
	case "participant.connect":
		return services[109:110:110]
	case "continuum":
		return services[110:111:111]
	case "controlcatalog":
		return services[111:112:112]
	case "controltower":
		return services[112:113:113]
	case "cur":
		return services[113:114:114]
	case "ce":
		return services[114:115:115]
	case "cost-optimization-hub":
		return services[115:116:116]
	case "profile":
		return services[116:117:117]
	case "dms":
		return services[117:118:118]
	case "databrew":
		return services[118:119:119]
	case "api-fulfill.dataexchange", "dataexchange":
		return services[119:120:120]
	case "datapipeline":
		return services[120:121:121]
	case "datasync", "discovery-datasync":
		return services[121:122:122]
	case "datazone":
		return services[122:123:123]
	case "dax":
		return services[123:124:124]
	case "deadline", "management.deadline", "scheduling.deadline":
		return services[124:125:125]
	case "api.detective", "detective":
		return services[125:126:126]
	case "devicefarm":
		return services[126:127:127]
	case "aidevops", "cp.aidevops", "dp.aidevops":
		return services[127:128:128]
	case "devops-guru":
		return services[128:129:129]
	case "directconnect":
		return services[129:130:130]
	case "ds":
		return services[130:131:131]
	case "ds-data":
		return services[131:132:132]
	case "dlm":
		return services[132:133:133]
	case "docdb-elastic":
		return services[134:135:135]
	case "drs":
		return services[135:136:136]
	case "dsql":
		return services[136:137:137]
	case "dynamodb", "search-dynamodb":
		return services[137:138:138]
	case "streams-dynamodb", "streams.dynamodb":
		return services[138:139:139]
	case "ebs":
		return services[139:140:140]
	case "ec2":
		return services[140:141:141]
	case "ec2-instance-connect":
		return services[141:142:142]
	case "api.ecr", "ecr":
		return services[142:143:143]
	case "api.ecr-public", "ecr-public":
		return services[143:144:144]
	case "ecs":
		return services[144:145:145]
	case "efs", "elasticfilesystem":
		return services[145:146:146]
	case "eks":
		return services[146:147:147]
	case "eks-auth":
		return services[147:148:148]
	case "elasticache":
		return services[148:149:149]
	case "elasticbeanstalk":
		return services[149:150:150]
	case "elasticloadbalancing":
		return services[150:152:152]
	case "elemental-inference":
		return services[153:154:154]
	case "elasticmapreduce":
		return services[154:155:155]
	case "emr-containers":
		return services[155:156:156]
	case "emr-serverless":
		return services[156:157:157]
	case "end-user-messaging":
		return services[157:158:158]
	case "entityresolution":
		return services[158:159:159]
	case "eventsv2":
		return services[160:161:161]
	case "evs":
		return services[161:162:162]
	case "firehose", "kinesis-firehose":
		return services[162:163:163]
	case "fis":
		return services[163:164:164]
	case "fms":
		return services[164:165:165]
	case "forecast":
		return services[165:166:166]
	case "forecastquery":
		return services[166:167:167]
	case "frauddetector":
		return services[167:168:168]
	case "freetier":
		return services[168:169:169]
	case "fsx":
		return services[169:170:170]
	case "gamelift":
		return services[170:171:171]
	case "gameliftstreams":
		return services[171:172:172]
	case "geo-maps":
		return services[172:173:173]
	case "geo-places":
		return services[173:174:174]
	case "geo-routes":
		return services[174:175:175]
	case "glacier":
		return services[175:176:176]
	case "globalaccelerator":
		return services[176:177:177]
	case "glue":
		return services[177:178:178]
	case "grafana":
		return services[178:179:179]
	case "greengrass", "greengrass-ats.iot":
		return services[179:181:181]
	case "groundstation":
		return services[181:182:182]
	case "guardduty":
		return services[182:183:183]
	case "global.health", "health":
		return services[183:184:184]
	case "datatransformation.healthlake", "healthlake":
		return services[184:185:185]
	case "iam":
		return services[185:186:186]
	case "iam-toolbox":
		return services[186:187:187]
	case "identitystore":
		return services[187:188:188]
	case "imagebuilder":
		return services[188:189:189]
	case "importexport":
		return services[189:190:190]
	case "inspector":
		return services[190:191:191]
	case "inspector2":
		return services[191:192:192]
	case "inspector-scan":
		return services[192:193:193]
	case "interconnect":
		return services[193:194:194]
	case "internetmonitor":
		return services[194:195:195]
	case "invoicing":
		return services[195:196:196]
	case "iot":
		return services[196:197:197]
	case "data-ats.iot", "data.ats.iot", "data.iot":
		return services[197:198:198]
	case "api.iotdeviceadvisor":
		return services[198:199:199]
	case "iotfleetwise":
		return services[199:200:200]
	case "data.jobs.iot":
		return services[200:201:201]
	case "api.iotmanagedintegrations":
		return services[201:202:202]
	case "api.iot-tunneling", "api.tunneling.iot":
		return services[202:203:203]
	case "api.iotsitewise", "data.iotsitewise", "edge.iotsitewise", "iotsitewise", "model.iotsitewise", "monitor.iotsitewise":
		return services[203:204:204]
	case "iotthingsgraph":
		return services[204:205:205]
	case "api.iottwinmaker", "data.iottwinmaker", "iottwinmaker":
		return services[205:206:206]
	case "api.iotwireless":
		return services[206:207:207]
	case "ivs":
		return services[207:208:208]
	case "ivschat":
		return services[208:209:209]
	case "ivsrealtime":
		return services[209:210:210]
	case "kafka", "kafka-api":
		return services[210:211:211]
	case "kafkaconnect":
		return services[211:212:212]
	case "kendra":
		return services[212:213:213]
	case "kendra-ranking":
		return services[213:214:214]
	case "cassandra":
		return services[214:215:215]
	case "cassandra-streams":
		return services[215:216:216]
	case "kinesis", "kinesis-streams":
		return services[216:217:217]
	case "kinesisanalytics":
		return services[217:219:219]
	case "kinesisvideo":
		return services[219:224:224]
	case "kms":
		return services[224:225:225]
	case "data-lakeformation", "lakeformation", "query-lakeformation":
		return services[225:226:226]
	case "lambda":
		return services[226:230:230]
	case "launchwizard":
		return services[230:231:231]
	case "models-fips.lex", "models.lex":
		return services[231:232:232]
	case "models-v2-lex":
		return services[232:233:233]
	case "runtime-fips.lex", "runtime.lex":
		return services[233:234:234]
	case "runtime-v2-lex":
		return services[234:235:235]
	case "license-manager":
		return services[235:236:236]
	case "license-manager-linux-subscriptions":
		return services[236:237:237]
	case "license-manager-user-subscriptions":
		return services[237:238:238]
	case "lightsail":
		return services[238:239:239]
	case "cp.geofencing.geo", "cp.maps.geo", "cp.metadata.geo", "cp.places.geo", "cp.routes.geo", "cp.tracking.geo", "geo", "geofencing.geo", "metadata.geo", "tracking.geo":
		return services[239:240:240]
	case "lookoutequipment":
		return services[240:241:241]
	case "m2":
		return services[241:242:242]
	case "machinelearning":
		return services[242:243:243]
	case "macie2":
		return services[243:244:244]
	case "mail-manager":
		return services[244:245:245]
	case "managedblockchain":
		return services[245:246:246]
	case "managedblockchain-query":
		return services[246:247:247]
	case "agreement-marketplace":
		return services[247:248:248]
	case "catalog-marketplace", "catalog.marketplace":
		return services[248:249:249]
	case "marketplacecommerceanalytics":
		return services[249:250:250]
	case "deployment-marketplace":
		return services[250:251:251]
	case "discovery-marketplace":
		return services[251:252:252]
	case "entitlement-marketplace", "entitlement.marketplace":
		return services[252:253:253]
	case "metering-marketplace", "metering.marketplace":
		return services[253:254:254]
	case "reporting-marketplace":
		return services[254:255:255]
	case "mediaconnect":
		return services[255:256:256]
	case "mediaconvert", "subscribe.mediaconvert":
		return services[256:257:257]
	case "medialive":
		return services[257:258:258]
	case "mediapackage":
		return services[258:259:259]
	case "mediapackagev2":
		return services[259:260:260]
	case "mediapackage-vod":
		return services[260:261:261]
	case "mediastore":
		return services[261:262:262]
	case "data.mediastore":
		return services[262:263:263]
	case "api.mediatailor", "mediatailor":
		return services[263:264:264]
	case "medical-imaging", "runtime-medical-imaging":
		return services[264:265:265]
	case "memory-db":
		return services[265:266:266]
	case "mgn":
		return services[266:267:267]
	case "mgh":
		return services[267:268:268]
	case "migrationhub-config":
		return services[268:269:269]
	case "migrationhub-orchestrator":
		return services[269:270:270]
	case "refactor-spaces":
		return services[270:271:271]
	case "migrationhub-strategy":
		return services[271:272:272]
	case "mpa":
		return services[272:273:273]
	case "mq":
		return services[273:274:274]
	case "mturk-requester", "mturk-requester-sandbox":
		return services[274:275:275]
	case "airflow", "api.airflow", "env.airflow", "ops.airflow":
		return services[275:276:276]
	case "airflow-serverless":
		return services[276:277:277]
	case "neptune-db":
		return services[278:279:279]
	case "neptune-graph":
		return services[279:280:280]
	case "network-firewall":
		return services[280:281:281]
	case "networkflowmonitor":
		return services[281:282:282]
	case "networkmanager":
		return services[282:283:283]
	case "networkmonitor":
		return services[283:284:284]
	case "network-security-manager":
		return services[284:285:285]
	case "notifications":
		return services[285:286:286]
	case "notifications-contacts":
		return services[286:287:287]
	case "nova-act":
		return services[287:288:288]
	case "oam":
		return services[288:289:289]
	case "observabilityadmin":
		return services[289:290:290]
	case "odb":
		return services[290:291:291]
	case "analytics-omics", "control-storage-omics", "omics", "storage-omics", "tags-omics", "workflows-omics":
		return services[291:292:292]
	case "aoss":
		return services[293:294:294]
	case "organizations":
		return services[294:295:295]
	case "osis":
		return services[295:296:296]
	case "outposts":
		return services[296:297:297]
	case "partnercentral-account":
		return services[297:298:298]
	case "partnercentral-benefits":
		return services[298:299:299]
	case "partnercentral-channel":
		return services[299:300:300]
	case "partnercentral-prm":
		return services[300:301:301]
	case "partnercentral-selling":
		return services[301:302:302]
	case "controlplane.payment-cryptography":
		return services[302:303:303]
	case "dataplane.payment-cryptography":
		return services[303:304:304]
	case "pca-connector-ad":
		return services[304:305:305]
	case "pca-connector-scep":
		return services[305:306:306]
	case "pcs":
		return services[306:307:307]
	case "personalize":
		return services[307:308:308]
	case "personalize-events":
		return services[308:309:309]
	case "personalize-runtime":
		return services[309:310:310]
	case "pi":
		return services[310:311:311]
	case "pinpoint":
		return services[311:312:312]
	case "sms-voice.pinpoint":
		return services[313:314:314]
	case "sms-voice":
		return services[314:315:315]
	case "pipes":
		return services[315:316:316]
	case "polly":
		return services[316:317:317]
	case "api.pricing":
		return services[317:318:318]
	case "pricingplanmanager":
		return services[318:319:319]
	case "proton":
		return services[319:320:320]
	case "data.qapps":
		return services[320:321:321]
	case "qbusiness":
		return services[321:322:322]
	case "quicksight":
		return services[323:324:324]
	case "ram":
		return services[324:325:325]
	case "rbin":
		return services[325:326:326]
	case "rds-data":
		return services[327:328:328]
	case "redshift":
		return services[328:329:329]
	case "redshift-data":
		return services[329:330:330]
	case "redshift-serverless":
		return services[330:331:331]
	case "rekognition":
		return services[331:332:332]
	case "repostspace":
		return services[332:333:333]
	case "resiliencehub":
		return services[333:335:335]
	case "resource-explorer-2":
		return services[335:336:336]
	case "resource-groups":
		return services[336:337:337]
	case "tagging":
		return services[337:338:338]
	case "rolesanywhere":
		return services[338:339:339]
	case "route53":
		return services[339:340:340]
	case "route53domains":
		return services[340:341:341]
	case "route53globalresolver":
		return services[341:342:342]
	case "route53profiles":
		return services[342:343:343]
	case "route53-recovery-cluster":
		return services[343:344:344]
	case "arc-recovery-control-config", "route53-recovery-control-config":
		return services[344:345:345]
	case "route53-recovery-readiness":
		return services[345:346:346]
	case "route53resolver":
		return services[346:347:347]
	case "rtbfabric":
		return services[347:348:348]
	case "dataplane.rum", "rum":
		return services[348:349:349]
	case "s3":
		return services[349:350:350]
	case "s3express-control":
		return services[349:351:351]
	case "s3-control":
		return services[350:351:351]
	case "s3files":
		return services[351:352:352]
	case "s3tables":
		return services[353:354:354]
	case "s3vectors":
		return services[354:355:355]
	case "api-fips.sagemaker", "api.sagemaker":
		return services[355:356:356]
	case "a2i-runtime.sagemaker":
		return services[356:357:357]
	case "edge.sagemaker":
		return services[357:358:358]
	case "featurestore-runtime.sagemaker":
		return services[358:359:359]
	case "sagemaker-geospatial":
		return services[359:360:360]
	case "job-runtime.sagemaker":
		return services[360:361:361]
	case "metrics-fips.sagemaker", "metrics.sagemaker":
		return services[361:362:362]
	case "runtime-fips.sagemaker", "runtime.sagemaker":
		return services[362:364:364]
	case "training-session-runtime.sagemaker":
		return services[364:365:365]
	case "savingsplans":
		return services[365:366:366]
	case "scheduler":
		return services[366:367:367]
	case "schemas":
		return services[367:368:368]
	case "secretsmanager":
		return services[368:369:369]
	case "securityagent":
		return services[369:370:370]
	case "securityhub":
		return services[370:371:371]
	case "security-ir":
		return services[371:372:372]
	case "securitylake":
		return services[372:373:373]
	case "serverlessrepo":
		return services[373:374:374]
	case "servicecatalog":
		return services[374:375:375]
	case "servicecatalog-appregistry":
		return services[375:376:376]
	case "data-servicediscovery", "servicediscovery":
		return services[376:377:377]
	case "servicequotas":
		return services[377:378:378]
	case "states", "sync-states":
		return services[380:381:381]
	case "shield":
		return services[381:382:382]
	case "signer", "verification.signer":
		return services[382:383:383]
	case "data-signer":
		return services[382:384:384]
	case "signin":
		return services[384:385:385]
	case "sdb":
		return services[385:387:387]
	case "snowball":
		return services[387:388:388]
	case "snow-device-management":
		return services[388:389:389]
	case "sns":
		return services[389:390:390]
	case "social-messaging":
		return services[390:391:391]
	case "queue", "sqs":
		return services[391:392:392]
	case "ssm":
		return services[392:393:393]
	case "ssm-contacts":
		return services[393:394:394]
	case "ssm-guiconnect":
		return services[394:395:395]
	case "ssm-incidents":
		return services[395:396:396]
	case "ssm-quicksetup":
		return services[396:397:397]
	case "ssm-sap":
		return services[397:398:398]
	case "portal.sso":
		return services[398:399:399]
	case "sso":
		return services[399:400:400]
	case "oidc":
		return services[400:401:401]
	case "storagegateway":
		return services[401:402:402]
	case "sts":
		return services[402:403:403]
	case "scn":
		return services[403:404:404]
	case "support":
		return services[404:405:405]
	case "supportapp":
		return services[405:406:406]
	case "supportauthz":
		return services[406:407:407]
	case "api.sustainability", "sustainability":
		return services[407:408:408]
	case "swf":
		return services[408:409:409]
	case "synthetics":
		return services[409:410:410]
	case "tax":
		return services[410:411:411]
	case "textract":
		return services[411:412:412]
	case "timestream-influxdb":
		return services[412:413:413]
	case "query.timestream", "timestream-query":
		return services[413:414:414]
	case "ingest.timestream", "timestream-ingest":
		return services[414:415:415]
	case "cn.transcribe", "transcribe":
		return services[415:416:416]
	case "transcribestreaming":
		return services[416:417:417]
	case "transfer":
		return services[417:418:418]
	case "translate":
		return services[418:419:419]
	case "trustedadvisor":
		return services[419:420:420]
	case "uxc":
		return services[420:421:421]
	case "verifiedpermissions":
		return services[421:422:422]
	case "voiceid":
		return services[422:423:423]
	case "vpc-lattice":
		return services[423:424:424]
	case "waf":
		return services[424:425:425]
	case "waf-regional":
		return services[425:426:426]
	case "wafv2":
		return services[426:427:427]
	case "wellarchitected", "wellarchitected-agent":
		return services[427:428:428]
	case "admin.wickr":
		return services[428:429:429]
	case "workdocs":
		return services[430:431:431]
	case "workmail":
		return services[431:432:432]
	case "workmailmessageflow":
		return services[432:433:433]
	case "workspaces":
		return services[433:434:434]
	case "workspaces-instances":
		return services[434:435:435]
	case "api.thinclient", "thinclient":
		return services[435:436:436]
	case "workspaces-web":
		return services[436:437:437]
	case "xray":
		return services[437:438:438]
	case "apigateway":
		return services[438:440:440]
	case "rds":
		return services[440:443:443]
	case "aos", "es":
		return services[443:445:445]
	case "events":
		return services[445:447:447]
	case "maps.geo":
		return services[447:449:449]
	case "places.geo":
		return services[449:451:451]
	case "routes.geo":
		return services[451:453:453]
	case "email", "email-smtp", "inbound-smtp":
		return services[453:456:456]
	case "wisdom":
		return services[456:458:458]
	case "s3-outposts":
		return services[458:460:460]
	}
	return nil
}

// formOf returns what the default endpoint of a service looks like, first where a
// region or a partition has it otherwise. What it does not name is regional, with
// the service's ID before the region.
func formOf(id, partition, region string) form {
	for _, where := range [...]string{region, partition} {
		switch id + " " + where {
		case "billing aws-cn":
			return form{"billing.cn-northwest-1", global}
		case "billing aws-iso-e":
			return form{"billing.eu-isoe-west-1", global}
		case "billing aws-eusc":
			return form{"billing.eusc-de-east-1", global}
		case "billing aws-us-gov":
			return form{"billing.us-gov-west-1", global}
		case "billing aws-iso":
			return form{"billing.us-iso-east-1", global}
		case "billing aws-iso-b":
			return form{"billing.us-isob-east-1", global}
		case "billing aws-iso-f":
			return form{"billing.us-isof-south-1", global}
		case "budgets aws-eusc":
			return form{"budgets.eusc-de-east-1", globalDual}
		case "budgets aws-iso-b", "budgets aws-iso-e", "budgets aws-iso-f":
			return form{"budgets.global", global}
		case "costexplorer aws-eusc":
			return form{"ce.eusc-de-east-1", globalDual}
		case "cloudfront aws-cn":
			return form{"cloudfront.cn-northwest-1", global}
		case "transcribe aws-cn":
			return form{"cn.transcribe", regional}
		case "codecatalyst aws-us-gov":
			return form{"codecatalyst.global", globalDual}
		case "iotdataplane cn-north-1":
			return form{"data.ats.iot.cn-north-1", global}
		case "marketplaceentitlementservice aws-cn":
			return form{"entitlement-marketplace", regional}
		case "marketplaceentitlementservice aws-eusc":
			return form{"entitlement-marketplace.eusc-de-east-1", global}
		case "health aws-eusc":
			return form{"health.eusc-de-east-1", globalDual}
		case "iam aws-cn":
			return form{"iam.cn-north-1", global}
		case "iam aws-iso-e":
			return form{"iam.eu-isoe-west-1", global}
		case "iam aws-eusc":
			return form{"iam.eusc-de-east-1", global}
		case "iam aws-us-gov":
			return form{"iam.us-gov", global}
		case "iam aws-iso":
			return form{"iam.us-iso-east-1", global}
		case "iam aws-iso-b":
			return form{"iam.us-isob-east-1", global}
		case "iam aws-iso-f":
			return form{"iam.us-isof-south-1", global}
		case "marketplacemetering aws-eusc":
			return form{"metering-marketplace.eusc-de-east-1", global}
		case "networkmanager aws":
			return form{"networkmanager.us-west-2", global}
		case "partnercentralchannel aws-us-gov":
			return form{"partnercentral-channel.us-gov", globalDual}
		case "partnercentralrevenuemeasurement aws-us-gov":
			return form{"partnercentral-prm.us-gov", globalDual}
		case "route53recoverycontrolconfig aws":
			return form{"route53-recovery-control-config.us-west-2", global}
		case "route53 aws-us-gov":
			return form{"route53.us-gov", global}
		case "simpledb us-east-1", "simpledbv2 us-east-1":
			return form{"sdb", global}
		case "mediaconvert cn-northwest-1":
			return form{"subscribe.mediaconvert.cn-northwest-1", global}
		case "support aws-cn":
			return form{"support.cn-north-1", global}
		}
	}
	switch id {
	case "sagemakera2iruntime":
		return form{"a2i-runtime.sagemaker", regional}
	case "accessanalyzer":
		return form{"access-analyzer", regional}
	case "account":
		return form{"account", oneRegion}
	case "accountaccess":
		return form{"account-access", regionalDual}
	case "accountaccessruntime":
		return form{"account-access-runtime", regionalDual}
	case "acmpca":
		return form{"acm-pca", regional}
	case "computeoptimizerautomation":
		return form{"aco-automation", regional}
	case "wickr":
		return form{"admin.wickr", regional}
	case "agentregistry":
		return form{"agent-registry", regionalDual}
	case "agentregistrycontrol":
		return form{"agent-registry-control", regionalDual}
	case "marketplaceagreement":
		return form{"agreement-marketplace", regional}
	case "devopsagent":
		return form{"aidevops", regionalDual}
	case "mwaa":
		return form{"airflow", regional}
	case "mwaaserverless":
		return form{"airflow-serverless", regionalDual}
	case "opensearchserverless":
		return form{"aoss", regional}
	case "detective":
		return form{"api.detective", regional}
	case "ecr":
		return form{"api.ecr", regional}
	case "ecrpublic":
		return form{"api.ecr-public", regional}
	case "iotdeviceadvisor":
		return form{"api.iotdeviceadvisor", regional}
	case "iotmanagedintegrations":
		return form{"api.iotmanagedintegrations", regionalDual}
	case "iotwireless":
		return form{"api.iotwireless", regional}
	case "mediatailor":
		return form{"api.mediatailor", regional}
	case "pricing":
		return form{"api.pricing", regional}
	case "sagemaker":
		return form{"api.sagemaker", regional}
	case "sustainability":
		return form{"api.sustainability", regionalDual}
	case "iotsecuretunneling":
		return form{"api.tunneling.iot", regional}
	case "apigatewayv2":
		return form{"apigateway", regional}
	case "appintegrations":
		return form{"app-integrations", regional}
	case "applicationautoscaling":
		return form{"application-autoscaling", regional}
	case "applicationcostprofiler":
		return form{"application-cost-profiler", regional}
	case "applicationsignals":
		return form{"application-signals", regionalDual}
	case "appstream":
		return form{"appstream2", regional}
	case "amp":
		return form{"aps", regional}
	case "arcregionswitch":
		return form{"arc-region-switch", regionalDual}
	case "arczonalshift":
		return form{"arc-zonal-shift", regional}
	case "artifact":
		return form{"artifact", oneRegion}
	case "autoscalingplans":
		return form{"autoscaling-plans", regional}
	case "backupgateway":
		return form{"backup-gateway", regional}
	case "backupsearch":
		return form{"backup-search", regionalDual}
	case "bcmdashboards":
		return form{"bcm-dashboards", oneRegionDual}
	case "bcmdataexports":
		return form{"bcm-data-exports", oneRegionDual}
	case "bcmpricingcalculator":
		return form{"bcm-pricing-calculator", oneRegionDual}
	case "bcmrecommendedactions":
		return form{"bcm-recommended-actions", oneRegionDual}
	case "bedrockagent":
		return form{"bedrock-agent", regional}
	case "bedrockagentruntime":
		return form{"bedrock-agent-runtime", regional}
	case "bedrockagentcore":
		return form{"bedrock-agentcore", regional}
	case "bedrockagentcorecontrol":
		return form{"bedrock-agentcore-control", regional}
	case "bedrockdataautomation":
		return form{"bedrock-data-automation", regional}
	case "bedrockdataautomationruntime":
		return form{"bedrock-data-automation-runtime", regional}
	case "bedrockruntime":
		return form{"bedrock-runtime", regional}
	case "billing":
		return form{"billing", oneRegionDual}
	case "billingconductor":
		return form{"billingconductor", oneRegion}
	case "budgets":
		return form{"budgets", global}
	case "connectcases":
		return form{"cases", regional}
	case "keyspaces":
		return form{"cassandra", regional}
	case "keyspacesstreams":
		return form{"cassandra-streams", regionalDual}
	case "marketplacecatalog":
		return form{"catalog.marketplace", regional}
	case "costexplorer":
		return form{"ce", oneRegion}
	case "chime":
		return form{"chime", oneRegion}
	case "cleanroomsml":
		return form{"cleanrooms-ml", regional}
	case "cloudcontrol":
		return form{"cloudcontrolapi", regional}
	case "cloudfront":
		return form{"cloudfront", global}
	case "cloudfrontkeyvaluestore":
		return form{"cloudfront-kvs.global", globalDual}
	case "cloudtraildata":
		return form{"cloudtrail-data", regional}
	case "cloudwatchomni":
		return form{"cloudwatch-omni", regionalDual}
	case "codecatalyst":
		return form{"codecatalyst.global", globalDual}
	case "codeguruprofiler":
		return form{"codeguru-profiler", regional}
	case "codegurureviewer":
		return form{"codeguru-reviewer", regional}
	case "codegurusecurity":
		return form{"codeguru-security", regional}
	case "codestarconnections":
		return form{"codestar-connections", regional}
	case "codestarnotifications":
		return form{"codestar-notifications", regional}
	case "cognitoidentity":
		return form{"cognito-identity", regional}
	case "cognitoidentityprovider":
		return form{"cognito-idp", regional}
	case "cognitosync":
		return form{"cognito-sync", regional}
	case "computeoptimizer":
		return form{"compute-optimizer", regional}
	case "configservice":
		return form{"config", regional}
	case "connectcampaigns", "connectcampaignsv2":
		return form{"connect-campaigns", regional}
	case "connectcontactlens":
		return form{"contact-lens", regional}
	case "continuum":
		return form{"continuum", regionalDual}
	case "paymentcryptography":
		return form{"controlplane.payment-cryptography", regional}
	case "costoptimizationhub":
		return form{"cost-optimization-hub", regional}
	case "costandusagereportservice":
		return form{"cur", regional}
	case "iotdataplane":
		return form{"data-ats.iot", regional}
	case "signerdata":
		return form{"data-signer", regional}
	case "iotjobsdataplane":
		return form{"data.jobs.iot", regional}
	case "mediastoredata":
		return form{"data.mediastore", regional}
	case "qapps":
		return form{"data.qapps", regional}
	case "paymentcryptographydata":
		return form{"dataplane.payment-cryptography", regional}
	case "datazone":
		return form{"datazone", regionalDual}
	case "marketplacedeployment":
		return form{"deployment-marketplace", regional}
	case "devopsguru":
		return form{"devops-guru", regional}
	case "applicationdiscoveryservice":
		return form{"discovery", regional}
	case "marketplacediscovery":
		return form{"discovery-marketplace", regionalDual}
	case "databasemigrationservice":
		return form{"dms", regional}
	case "docdbelastic":
		return form{"docdb-elastic", regional}
	case "directoryservice":
		return form{"ds", regional}
	case "directoryservicedata":
		return form{"ds-data", regional}
	case "dsql":
		return form{"dsql", regionalDual}
	case "ec2instanceconnect":
		return form{"ec2-instance-connect", regional}
	case "sagemakeredge":
		return form{"edge.sagemaker", regional}
	case "eksauth":
		return form{"eks-auth", regionalDual}
	case "efs":
		return form{"elasticfilesystem", regional}
	case "elasticloadbalancingv2":
		return form{"elasticloadbalancing", regional}
	case "emr":
		return form{"elasticmapreduce", regional}
	case "elementalinference":
		return form{"elemental-inference", regional}
	case "pinpointemail", "ses", "sesv2":
		return form{"email", regional}
	case "emrcontainers":
		return form{"emr-containers", regional}
	case "emrserverless":
		return form{"emr-serverless", regional}
	case "endusermessaging":
		return form{"end-user-messaging", regional}
	case "marketplaceentitlementservice":
		return form{"entitlement.marketplace", regional}
	case "elasticsearchservice", "opensearch":
		return form{"es", regional}
	case "cloudwatchevents", "eventbridge":
		return form{"events", regional}
	case "eventbridgev2":
		return form{"eventsv2", regional}
	case "apigatewaymanagementapi":
		return form{"execute-api", regional}
	case "sagemakerfeaturestoreruntime":
		return form{"featurestore-runtime.sagemaker", regional}
	case "freetier":
		return form{"freetier", oneRegionDual}
	case "gameliftstreams":
		return form{"gameliftstreams", regionalDual}
	case "location":
		return form{"geo", regional}
	case "greengrassv2":
		return form{"greengrass", regional}
	case "connecthealth":
		return form{"health-agent", regionalDual}
	case "iam":
		return form{"iam", global}
	case "iamtoolbox":
		return form{"iam-toolbox", regional}
	case "chimesdkidentity":
		return form{"identity-chime", regional}
	case "importexport":
		return form{"importexport", global}
	case "timestreamwrite":
		return form{"ingest.timestream", regional}
	case "inspectorscan":
		return form{"inspector-scan", regional}
	case "interconnect":
		return form{"interconnect", regionalDual}
	case "invoicing":
		return form{"invoicing", oneRegionDual}
	case "sagemakerjobruntime":
		return form{"job-runtime.sagemaker", regionalDual}
	case "kendraranking":
		return form{"kendra-ranking", regionalDual}
	case "kinesisanalyticsv2":
		return form{"kinesisanalytics", regional}
	case "kinesisvideoarchivedmedia", "kinesisvideomedia", "kinesisvideosignaling", "kinesisvideowebrtcstorage":
		return form{"kinesisvideo", regional}
	case "lambdacore", "lambdamicrovms", "lambdaweb":
		return form{"lambda", regional}
	case "licensemanager":
		return form{"license-manager", regional}
	case "licensemanagerlinuxsubscriptions":
		return form{"license-manager-linux-subscriptions", regional}
	case "licensemanagerusersubscriptions":
		return form{"license-manager-user-subscriptions", regional}
	case "cloudwatchlogs":
		return form{"logs", regional}
	case "mailmanager":
		return form{"mail-manager", regional}
	case "managedblockchainquery":
		return form{"managedblockchain-query", regional}
	case "geomaps":
		return form{"maps.geo", regional}
	case "chimesdkmediapipelines":
		return form{"media-pipelines-chime", regional}
	case "mediapackagevod":
		return form{"mediapackage-vod", regional}
	case "medicalimaging":
		return form{"medical-imaging", regional}
	case "chimesdkmeetings":
		return form{"meetings-chime", regional}
	case "memorydb":
		return form{"memory-db", regional}
	case "chimesdkmessaging":
		return form{"messaging-chime", regional}
	case "marketplacemetering":
		return form{"metering.marketplace", regional}
	case "sagemakermetrics":
		return form{"metrics.sagemaker", regional}
	case "migrationhub":
		return form{"mgh", regional}
	case "migrationhubconfig":
		return form{"migrationhub-config", regional}
	case "migrationhuborchestrator":
		return form{"migrationhub-orchestrator", regional}
	case "migrationhubstrategy":
		return form{"migrationhub-strategy", regional}
	case "lexmodelsv2":
		return form{"models-v2-lex", regional}
	case "lexmodelbuildingservice":
		return form{"models.lex", regional}
	case "cloudwatch":
		return form{"monitoring", regional}
	case "mpa":
		return form{"mpa", regionalDual}
	case "mturk":
		return form{"mturk-requester", regional}
	case "neptunedata":
		return form{"neptune-db", regional}
	case "neptunegraph":
		return form{"neptune-graph", regional}
	case "networkfirewall":
		return form{"network-firewall", regional}
	case "networksecuritymanager":
		return form{"network-security-manager", regionalDual}
	case "networkflowmonitor":
		return form{"networkflowmonitor", regionalDual}
	case "networkmanager":
		return form{"networkmanager", oneRegion}
	case "notifications":
		return form{"notifications", regionalDual}
	case "notificationscontacts":
		return form{"notifications-contacts", oneRegionDual}
	case "novaact":
		return form{"nova-act", regional}
	case "ssooidc":
		return form{"oidc", regional}
	case "organizations":
		return form{"organizations", oneRegion}
	case "connectparticipant":
		return form{"participant.connect", regional}
	case "partnercentralaccount":
		return form{"partnercentral-account", regionalDual}
	case "partnercentralbenefits":
		return form{"partnercentral-benefits", regionalDual}
	case "partnercentralchannel":
		return form{"partnercentral-channel.global", globalDual}
	case "partnercentralrevenuemeasurement":
		return form{"partnercentral-prm.global", globalDual}
	case "partnercentralselling":
		return form{"partnercentral-selling", regionalDual}
	case "pcaconnectorad":
		return form{"pca-connector-ad", regional}
	case "pcaconnectorscep":
		return form{"pca-connector-scep", regional}
	case "personalizeevents":
		return form{"personalize-events", regional}
	case "personalizeruntime":
		return form{"personalize-runtime", regional}
	case "geoplaces":
		return form{"places.geo", regional}
	case "sso":
		return form{"portal.sso", regional}
	case "pricingplanmanager":
		return form{"pricingplanmanager", oneRegionDual}
	case "customerprofiles":
		return form{"profile", regional}
	case "qbusiness":
		return form{"qbusiness", regionalDual}
	case "timestreamquery":
		return form{"query.timestream", regional}
	case "docdb", "neptune":
		return form{"rds", regional}
	case "rdsdata":
		return form{"rds-data", regional}
	case "redshiftdata":
		return form{"redshift-data", regional}
	case "redshiftserverless":
		return form{"redshift-serverless", regional}
	case "migrationhubrefactorspaces":
		return form{"refactor-spaces", regional}
	case "marketplacereporting":
		return form{"reporting-marketplace", regional}
	case "resiliencehubv2":
		return form{"resiliencehub", regional}
	case "resourceexplorer2":
		return form{"resource-explorer-2", regional}
	case "resourcegroups":
		return form{"resource-groups", regional}
	case "route53":
		return form{"route53", global}
	case "route53recoverycluster":
		return form{"route53-recovery-cluster", regional}
	case "route53recoverycontrolconfig":
		return form{"route53-recovery-control-config", oneRegion}
	case "route53recoveryreadiness":
		return form{"route53-recovery-readiness", regional}
	case "route53globalresolver":
		return form{"route53globalresolver", regionalDual}
	case "georoutes":
		return form{"routes.geo", regional}
	case "lexruntimev2":
		return form{"runtime-v2-lex", regional}
	case "lexruntimeservice":
		return form{"runtime.lex", regional}
	case "sagemakerruntime", "sagemakerruntimehttp2":
		return form{"runtime.sagemaker", regional}
	case "s3control":
		return form{"s3-control", regional}
	case "s3outposts":
		return form{"s3-outposts", regional}
	case "s3files":
		return form{"s3files", regionalDual}
	case "s3vectors":
		return form{"s3vectors", regionalDual}
	case "sagemakergeospatial":
		return form{"sagemaker-geospatial", regional}
	case "savingsplans":
		return form{"savingsplans", global}
	case "supplychain":
		return form{"scn", regional}
	case "simpledb", "simpledbv2":
		return form{"sdb", regional}
	case "securityir":
		return form{"security-ir", regionalDual}
	case "securityagent":
		return form{"securityagent", regionalDual}
	case "serverlessapplicationrepository":
		return form{"serverlessrepo", regional}
	case "servicecatalogappregistry":
		return form{"servicecatalog-appregistry", regional}
	case "shield":
		return form{"shield", oneRegion}
	case "signin":
		return form{"signin", regionalDual}
	case "pinpointsmsvoicev2":
		return form{"sms-voice", regional}
	case "pinpointsmsvoice":
		return form{"sms-voice.pinpoint", regional}
	case "snowdevicemanagement":
		return form{"snow-device-management", regional}
	case "socialmessaging":
		return form{"social-messaging", regional}
	case "ssmcontacts":
		return form{"ssm-contacts", regional}
	case "ssmguiconnect":
		return form{"ssm-guiconnect", regional}
	case "ssmincidents":
		return form{"ssm-incidents", regional}
	case "ssmquicksetup":
		return form{"ssm-quicksetup", regional}
	case "ssmsap":
		return form{"ssm-sap", regional}
	case "ssoadmin":
		return form{"sso", regional}
	case "sfn":
		return form{"states", regional}
	case "dynamodbstreams":
		return form{"streams.dynamodb", regional}
	case "support":
		return form{"support", oneRegion}
	case "supportauthz":
		return form{"supportauthz", regionalDual}
	case "resourcegroupstaggingapi":
		return form{"tagging", regional}
	case "taxsettings":
		return form{"tax", oneRegion}
	case "workspacesthinclient":
		return form{"thinclient", regional}
	case "timestreaminfluxdb":
		return form{"timestream-influxdb", regional}
	case "sagemakertrainingsessionruntime":
		return form{"training-session-runtime.sagemaker", regionalDual}
	case "uxc":
		return form{"uxc", regionalDual}
	case "chimesdkvoice":
		return form{"voice-chime", regional}
	case "vpclattice":
		return form{"vpc-lattice", regional}
	case "waf":
		return form{"waf", global}
	case "wafregional":
		return form{"waf-regional", regional}
	case "qconnect":
		return form{"wisdom", regional}
	case "workspacesinstances":
		return form{"workspaces-instances", regionalDual}
	case "workspacesweb":
		return form{"workspaces-web", regional}
	}
	return form{id, regional}
}
