package awscall

import "strings"

// model adds a model of Bedrock by its id or ARN. Models that anybody may call
// belong to no account; an inference profile of AWS has the id of its model
// behind the regions that it stands for, and is the caller's own.
func (d *description) model(id string) bool {
	switch {
	case isARN(id):
		return d.modelFromARN(id)
	case !isSimple(id, "-._:") || strings.HasPrefix(id, ":"):
		return false
	case isProfile(id):
		return d.add(d.own("bedrock", "inference-profile/"+id))
	case strings.IndexByte(id, '.') < 0:
		return false // the id alone of a model of one's own: of which kind is not known
	}
	return d.add(d.owned("bedrock", "", "foundation-model/"+id))
}

func (d *description) modelFromARN(s string) bool {
	a, ok := cutARN(s)
	if !ok || !validARN(s) {
		return false
	}
	if a.service == "sagemaker" && strings.HasPrefix(a.resource, "endpoint/") {
		// A model of the marketplace, on an endpoint that SageMaker checks.
		a.service, a.resource = "bedrock", "marketplace/model-endpoint/all-access"
		return d.add(a.String()) && d.add(s)
	}
	if a.service == "bedrock" && strings.HasPrefix(a.resource, "prompt/") {
		return false // the model is in the prompt
	}
	return d.add(s)
}

// isProfile reports whether the id is of an inference profile of AWS: a word for
// the regions, the provider and the model, with dots between.
func isProfile(id string) bool {
	regions, rest, _ := strings.Cut(id, ".")
	provider, _, ok := strings.Cut(rest, ".")
	// Versions of models have dots too: after a hyphen, as no provider has one.
	return ok && len(regions) <= len("us-gov") && !strings.ContainsAny(provider, "-:")
}
