from django.http import HttpResponse
def start(request, **k): return HttpResponse("")
page=notes=end=after=become=summary=start
