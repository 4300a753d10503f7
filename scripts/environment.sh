# Sourced by the other scripts, in the root of the repository: a quiet, offline-friendly dotnet, and questions about projects.

export DOTNET_CLI_TELEMETRY_OPTOUT=1
export TESTINGPLATFORM_TELEMETRY_OPTOUT=1
export DOTNET_NOLOGO=1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=1
export DOTNET_CLI_UI_LANGUAGE=en
# Build servers outlive the build and keep its output open: a CI that waits for the end of a pipe would wait for them.
export MSBUILDDISABLENODEREUSE=1
export DOTNET_CLI_USE_MSBUILD_SERVER=0
export UseSharedCompilation=false

# list_projects FOLDER...: the project files below these folders, sorted.
list_projects() {
  local folder
  for folder in "$@"; do
    if [ -d "$folder" ]; then
      find "$folder" -name '*.csproj' -not -path '*/bin/*' -not -path '*/obj/*'
    fi
  done | LC_ALL=C sort
}

# project_property PROJECT NAME: what MSBuild makes of a property.
project_property() {
  dotnet msbuild "$1" -nologo -getProperty:"$2" -p:Configuration=Release </dev/null | tr -d '\r'
}
