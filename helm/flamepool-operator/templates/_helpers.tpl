{{- define "flamepool.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* At most 48 characters: suffixes are appended. */}}
{{- define "flamepool.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" }}
{{- else if contains .Release.Name $name -}}
{{- $name | trunc 48 | trimSuffix "-" }}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" }}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 48 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "flamepool.selector" -}}
app.kubernetes.io/name: {{ include "flamepool.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "flamepool.labels" -}}
{{ include "flamepool.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Of a metadata block, with the annotations given as "annotations". */}}
{{- define "flamepool.metadata" -}}
labels:
  {{- include "flamepool.labels" .root | nindent 2 }}
{{- with merge (dict) (default (dict) .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "flamepool.serviceAccount" -}}
{{- default (ternary (include "flamepool.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{- define "flamepool.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}
{{- end }}

{{/* What a schema cannot say: rules across values. */}}
{{- define "flamepool.check" -}}
{{- if and (not .Values.leaderElection.enabled) (gt (int .Values.replicas) 1) }}
{{- fail (printf "replicas: %d without leaderElection.enabled would be as many operators that act at once: set replicas to 1 or leaderElection.enabled to true" (int .Values.replicas)) }}
{{- end }}
{{- if and .Values.local.enabled (gt (int .Values.replicas) 1) }}
{{- fail (printf "replicas: %d with local.enabled: local runners live in the Pod that started them, set replicas to 1" (int .Values.replicas)) }}
{{- end }}
{{- range .Values.ambientNamespaces }}
{{- if and $.Values.watchNamespaces (not (has . $.Values.watchNamespaces)) }}
{{- fail (printf "ambientNamespaces: %q is not among watchNamespaces: add it there or leave it out here" .) }}
{{- end }}
{{- end }}
{{- end }}
