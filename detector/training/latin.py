"""Latin, inflected by its own grammar from a hand-written stock of stems: no list of Latin words is needed.

English quotes more Latin than any living language, and word frequencies are counted for the living ones alone. What a
model of letters has to learn of Latin is how its words end and what they are made of, so it matters little that some
forms are never used ("tertiissimus").
"""

__all__ = ["latin_forms"]

# (stems, endings): nouns and adjectives by declension, verbs by conjugation.
_REGULAR = (
    (
        (
            "stell silv terr vi vit patri fili puell femin regin port foss histori fabul litter memori "
            "fam form natur glori victori iniuri caus culp poen formic pugn sagitt hast cur grati iustiti "
            "sapienti prudenti constanti diligenti insul rip cell camer ecclesi epistul lingu nebul penn "
            "rot scal tub umbr und vill vacc"
        ),
        "a ae am as arum is",
    ),
    (
        (
            "domin serv hort lud amic inimic popul digit ann anim asin cib camp cerv equ gladi lup mod "
            "mur numer ocul ram riv son sulc tumul vent vic legat nunti discipul monach episcop soci av "
            "capill lect"
        ),
        "us i o um orum is os e",
    ),
    (
        (
            "bell don templ verb regn sign aur argent ferr for mal praemi pericul consili imperi offici "
            "studi gaudi odi ingeni negoti principi silenti spati vin oppid praesidi proeli vincul "
            "instrument testament fundament moment monument ornament sacrament vestiment membr cael "
            "exempl saecul"
        ),
        "um i o a orum is",
    ),
    (
        (
            "reg leg pac voc luc noct duc milit homin nomin flumin carmin corpor tempor oper gener patr "
            "matr fratr virtut salut senectut veritat libertat civitat aetat voluntat facultat ration "
            "oration nation action lection quaestion possession imperator auctor amor dolor labor timor "
            "honor mort art part ment gent mont font pont urb capit itiner oss iur crur mar can civ fin "
            "host ign orb pan test coll nav av sed nub caed iudic pontific artific radic cicatric sanguin "
            "pulver virgin origin imagin carn sermon leon pulmon ordin sol consul exul hered obsid "
            "princip pleb"
        ),
        "is i em e es um ibus",
    ),
    (
        (
            "man fruct spirit sens exercit cas port met curs grad habit ict impet luct mot pass quaest "
            "salt stat sumpt transit us vult"
        ),
        "us ui um u uum ibus",
    ),
    (
        "r di fid sp faci seri speci",
        "es ei em e erum ebus",
    ),
    (
        (
            "bon mal magn parv long alt lat nov antiqu ver fals laet maest sacr dextr sinistr alb nigr "
            "rubr clar obscur dur plen vacu san aegrot ampl angust iust iniust cert incert dign indign "
            "grat ingrat nud prim secund terti ultim maxim minim optim pessim sanct beat profund rotund "
            "public privat roman urban rustic domestic montan alpin maritim fluviatil officinal vulgar"
        ),
        "us a um i ae am o orum arum is os as e ior ius iora issimus issima issimum",
    ),
    (
        (
            "fort brev omn trist grav lev dulc turp nobil facil difficil util gracil humil simil crudel "
            "fidel mortal vulgar commun terribil mirabil amabil steril perenn"
        ),
        "is e em i ia es ium ibus ior iter issimus",
    ),
    (
        (
            "am laud voc port par cur serv ambul cant clam negat dubit err exspect habit labor laev liber "
            "mut narr nat nec nunti oppugn or pecc prob pugn put rog salt san st superb temper tent vigil "
            "vindic vol celebr commend confirm consecr damn dedic delect educ explor fabric firm form "
            "gubern illustr implor indic intr invoc iur mand milit minist monstr nomin occup orn peregrin "
            "purg regn resuscit revoc sacr separ signific spect spir supplic trepid vast viol"
        ),
        (
            "o as at amus atis ant are abat abant abit abo avi avit averunt avisse atus ata atum ati atae "
            "ato atis atos ando andi andum andus anda ans antis antem antes ari atur antur abatur et ent "
            "aret atio ationis ationem ationum ationibus ator atoris"
        ),
    ),
    (
        (
            "hab mon vid tim doc deb tac iac lat man mov plac prohib resp sed stud terr val ard aug cens "
            "flor fov gaud horr imm lug misc noc pat pertin rid suad"
        ),
        (
            "eo es et emus etis ent ere ebat ebant ebit ui uit uerunt eri etur entur endi endo endum ens "
            "entis entem entes eat eant eret itus ita itum"
        ),
    ),
    (
        (
            "reg duc dic scrib leg vinc viv cred curr ced ag claud cog col conduc contemn corrump defend "
            "desc dilig disc elig frang fund gem ger iung lud met mitt nosc occid ostend pell perd pet "
            "pon prem quaer relinqu rump sin solv spern sum surg tang teg tend trah trad vad vend vert "
            "vol"
        ),
        (
            "o is it imus itis unt ere ebat ebant et ent i itur untur endi endo endum endus ens entis "
            "entem entes at ant eret atur"
        ),
    ),
    (
        "aud ven sc dorm fin mun nesc pun sal sent sepel serv sit vest vinc aper reper",
        (
            "io is it imus itis iunt ire iebat iebant iet ivi ivit itur iuntur iendi iendo iendum iens "
            "ientis iat iret itus ita itum"
        ),
    ),
)
# What stands by itself: nominatives of the third declension, pronouns, particles, forms of "to be" and the like.
_ALONE = (
    "rex lex pax vox lux nox dux miles homo nomen flumen carmen corpus tempus opus genus pater mater frater virtus "
    "salus senectus veritas libertas civitas aetas voluntas facultas ratio oratio natio actio lectio quaestio mors ars "
    "pars mens gens mons fons pons urbs caput iter ius crus mare iudex pontifex artifex radix cicatrix sanguis pulvis "
    "virgo origo imago caro sermo ordo consul heres princeps plebs puer puerum puero pueris et in ad ab ex de per pro "
    "cum sub sine inter ante post contra super ultra apud ob propter trans circa infra supra intra extra iuxta sed aut "
    "vel nec neque atque ac nam enim igitur ergo autem tamen quoque etiam quidem non ne nisi ut uti quod quia quoniam "
    "quando dum donec si ubi unde ibi hic haec hoc huius huic hunc hanc hi hae his hos has ille illa illud illius illi "
    "illum illam illo illos illas illis is ea id eius ei eum eam eo ii eorum earum eis iis ipse ipsa ipsum ipsius ipso "
    "ipsis idem eadem qui quae quem quam quo qua quorum quarum quibus quos quas quis quid quisque quisquam aliquis "
    "aliquid nemo nihil nil omnis nullus nulla nullum unus una unum duo tres quattuor quinque sex septem octo novem "
    "decem centum mille ego mihi me nos nobis tu tibi te vos vobis se sibi suus sua suum suis suo meus mea meum tuus "
    "tua tuum noster nostra nostrum vester est sunt esse erat erant fuit fuerunt erit erunt sit sint esset sum es "
    "estis eram fui fore potest possunt posse vult volo nolo velle nolle ita sic tam tunc nunc iam semper saepe "
    "numquam heri hodie cras bene male magis minus satis nimis valde vix paene fere forte simul"
)


def latin_forms() -> list[str]:
    """Some ten thousand forms of three letters or more, sorted."""
    forms = {stem + ending for stems, endings in _REGULAR for stem in stems.split() for ending in endings.split()}
    return sorted(form for form in forms | set(_ALONE.split()) if len(form) >= 3)
