// Command cms compares what the edge serves with what a real CMS answers.
//
//	go run ./e2e/cms wordpress
//	go run ./e2e/cms strapi
//
// It runs the CMS, and the Wasm with the repository's preset for it in Viceroy
// before it. The CMS's webhooks reach the edge's hook. Then it makes edits, one
// after another, as an editor would. After each it requests every URL of a list
// from the edge and from the CMS itself, and counts:
//
//   - missed: the edge served what it had stored, and the CMS answers something
//     else by now. One of these fails the command.
//   - needless: the edge fetched the response although the CMS's answer is the
//     same as before the edit. The report names the purged keys that caused it.
//   - altered: the edge fetched the response just now, and it is not the CMS's
//     own answer. One of these fails the command too.
//
// Purges are not repeated and lifetimes are long, so that neither hides an edit
// that was missed. compare.go is where the counting is.
package main
