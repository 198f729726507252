package paramstore

// These are the shapes of SSM's API reference, as far as they are used here.

const (
	typeString       = "String"
	typeSecureString = "SecureString"
	tierStandard     = "Standard"
	tierAdvanced     = "Advanced"
)

type getParameterInput struct {
	Name           string
	WithDecryption bool
}

type getParameterOutput struct{ Parameter parameter }

type getParametersInput struct {
	Names          []string
	WithDecryption bool
}

type getParametersOutput struct{ Parameters []parameter }

type parameter struct {
	Name, Value string
	Version     int64
}

type getParameterHistoryInput struct {
	Name       string
	MaxResults int
	NextToken  string `json:",omitempty"`
}

type getParameterHistoryOutput struct {
	Parameters []parameterHistory
	NextToken  string
}

type parameterHistory struct {
	Version          int64
	Value            string
	Type, Tier       string
	KeyID            string `json:"KeyId"`
	Description      string
	Labels           []string
	LastModifiedDate float64 // seconds since 1970
	LastModifiedUser string
}

type putParameterInput struct {
	Name, Value, Type string
	Tier              string `json:",omitempty"`
	KeyID             string `json:"KeyId,omitempty"` // left out, SSM would change to the account's own key
	Description       string `json:",omitempty"`
	Overwrite         bool
}

type putParameterOutput struct{ Version int64 }

type labelParameterVersionInput struct {
	Name             string
	ParameterVersion int64
	Labels           []string
}

type labelParameterVersionOutput struct{ InvalidLabels []string }
