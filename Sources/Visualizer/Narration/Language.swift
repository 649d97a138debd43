/// A language that the viewer speaks; the raw value is what `--lang` takes.
enum Language: String, CaseIterable {
  case english = "en"
  case chinese = "zh"
}
