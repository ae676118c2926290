package files

// Prints returns how many fingerprints are kept.
func (f *Folder) Prints() int { return len(f.prints) }
