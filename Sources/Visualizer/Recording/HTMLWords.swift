/// What a page calls its parts and controls, in both languages.
enum HTMLWords {
  static let noScript = Bilingual(
    "This page plays with a script of its own, which is switched off here. What is to be seen is its beginning.",
    "本页用自带的脚本播放，这里的脚本被关闭了。上面是开头的画面。")

  /// By the name under which the script looks for it.
  static let all: [(name: String, text: Bilingual)] = [
    ("self", Bilingual("English", "中文")),
    ("frame", Bilingual("Picture, as text", "画面（文字）")),
    ("controls", Bilingual("Playback", "播放")),
    ("chapters", Bilingual("Chapters", "章节")),
    ("scrub", Bilingual("Step", "步")),
    ("play", Bilingual("Play", "播放")),
    ("pause", Bilingual("Pause", "暂停")),
    ("stepBack", Bilingual("Step back", "上一步")),
    ("stepOn", Bilingual("Next step", "下一步")),
    ("chapterBack", Bilingual("Chapter back", "上一章")),
    ("chapterOn", Bilingual("Next chapter", "下一章")),
    ("slower", Bilingual("Slower", "减速")),
    ("faster", Bilingual("Faster", "加速")),
    ("keys", Bilingual("Keys", "按键")),
    ("place", Bilingual("step {0} of {1}", "第 {0} 步，共 {1} 步")),
    ("times", Bilingual("×", "×")),
  ]
}
