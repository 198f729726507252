package corpus

import (
	"fmt"
	"strings"
)

// Markdown reads the examples of a document: each fenced block of calls, and
// the blocks of yaml before it, which are its layers.
func Markdown(name string, data []byte) ([]*File, error) {
	var files []*File
	f := &File{Name: name}
	line, start, info := 0, 0, ""
	var block strings.Builder
	for s := range strings.Lines(string(data)) {
		line++
		fence, isFence := strings.CutPrefix(strings.TrimSpace(s), "```")
		switch {
		case isFence && start == 0:
			start, info = line+1, strings.TrimSpace(fence)
			block.Reset()
		case isFence:
			done, err := f.addBlock(info, block.String(), start)
			if err != nil {
				return nil, fmt.Errorf("%s:%w", name, err)
			}
			if done {
				f.Name = fmt.Sprintf("%s:%d", name, start)
				files = append(files, f)
				f = &File{Name: name}
			}
			start = 0
		default:
			block.WriteString(s)
		}
	}
	if start != 0 || len(f.Layers) > 0 {
		return nil, fmt.Errorf("%s:%d: a block of yaml without calls, or one that does not end", name, line)
	}
	return files, nil
}

// addBlock reads a block and reports whether it completes an example.
func (f *File) addBlock(info, text string, line int) (done bool, err error) {
	switch info {
	case "yaml":
		f.Layers = append(f.Layers, []byte(text))
	case "platform":
		return false, f.addPlatform(text, line)
	case "calls":
		if err := f.addCalls(text, line); err != nil {
			return false, err
		}
		if len(f.Layers) == 0 {
			return false, fmt.Errorf("%d: calls without a block of yaml before them", line)
		}
		return true, nil
	}
	return false, nil
}
