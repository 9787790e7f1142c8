cask "daybell" do
  arch arm: "arm64", intel: "x86_64"

  version "@VERSION@"
  sha256 arm:   "@SHA256 macos-arm64.zip@",
         intel: "@SHA256 macos-x86_64.zip@"

  url "https://github.com/daybell/daybell/releases/download/v#{version}/daybell-#{version}-macos-#{arch}.zip"
  name "Daybell"
  desc "Cron you can see: runs your jobs from the menu bar"
  homepage "https://github.com/daybell/daybell"

  depends_on macos: ">= :big_sur"

  app "Daybell.app"
  binary "#{appdir}/Daybell.app/Contents/MacOS/daybell"
  manpage "#{appdir}/Daybell.app/Contents/Resources/daybell/assets/man/daybell.1"

  uninstall quit: "io.github.daybell"

  zap trash: [
    "~/Library/Application Support/daybell",
    "~/Library/Logs/daybell",
  ]
end
