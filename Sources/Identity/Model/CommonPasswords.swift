/// The passwords that every guesser tries first, in lower case.
///
/// Names, teams, films, years and walks over the keyboard, as published analyses of leaks show them year after year.
/// What has fewer than 8 characters is refused by its length and does not stand here.
let commonPasswords: Set<String> = Set(
    #"""
    !@#$%^&* !@#$%^&*() !@#$1234 !qaz2wsx !qaz@wsx 00000000 000000000 0000000000 00000001 0000000a 001234567
    007007007 01010101 01234567 012345678 0123456789 02020202 09876543 0987654321 0o9i8u7y 10101010 10203040
    102030405060 11111111 111111111 1111111111 11112222 11223344 1122334455 112233445566 11235813 1123581321
    11qwerty 12121212 12312312 123123123 123123123a 123321123 1234!@#$ 1234%^&* 12341234 12344321 123443211234
    12345!@#$% 1234512345 123454321 1234554321 123456123 123456123456 123456654321 12345678 123456780 123456789
    1234567890 1234567891 12345678910 1234567899 123456789a 123456789q 12345678a 12345678q 12345679 1234567a
    1234567q 12345687 123456aa 123456aaa 123456abc 123456qw 123456qwe 123456qwerty 12345abc 12345qwert 12345qwerty
    1234abcd 1234password 1234qwer 1234qwerty 123abc123 123password 123qwe123 123qwe456 123qweasd 123qweasdzxc
    123qwerty 12435687 12password 12qwaszx 13131313 13243546 13579246 135792468 1357924680 14141414 142536475869
    14725836 147258369 147852369 147896325 159357159 159753159 159753456 15975346 159951159 19841984 19851985
    19861986 19871987 19881988 19891989 19901990 19911991 19921992 1a2b3c4d 1a2b3c4d5e 1password 1q1q1q1q 1q2q3q4q
    1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz1qaz 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 1qazxsw23edc 1qw23er4 1qwerty1 1z2x3c4v
    20002000 20102010 20122012 20202020 21212121 22222222 222222222 23232323 23456789 234567890 24681012 2468101214
    25252525 25802580 31415926 314159265 32132132 321321321 33333333 333333333 36925814 369258147 420420420 44444444
    444444444 45454545 45645645 456456456 456789123 55555555 555555555 5555555555 56565656 66666666 666666666
    6666666666 666666666a 67676767 69696969 696969696 74185296 741852963 753159852 77777777 777777777 7777777777
    78945612 789456123 789456123a 78978978 789789789 87654321 876543210 87654321a 88888888 888888888 8888888888
    89898989 951753852 96385274 963852741 98765432 987654321 9876543210 99999999 999999999 9999999999 a1234567
    a12345678 a123456789 a1234567890 a1b2c3d4 a1b2c3d4e5 a1s2d3f4 a1s2d3f4g5 aa123456 aa12345678 aa123456789
    aaa11111 aaa12345 aaa123456 aaaa1111 aaaa1234 aaaaaaaa aaaaaaaaa aaaaaaaaaa aabbccdd abc12345 abc123456
    abc1234567 abc12345678 abc123456789 abc123abc abc123abc123 abcabcabc abcd1234 abcd1234! abcd12345 abcd123456
    abcde123 abcde1234 abcde12345 abcdef12 abcdef123 abcdefg1 abcdefg12 abcdefg123 abcdefgh abcdefghi abcdefghij
    access12 access123 access14 acdcacdc admin123 admin123! admin1234 admin12345 admin123456 admin2020 admin2021
    admin2022 admin2023 admin2024 admin2025 admin@123 adminadmin administrator administrator1 administrator123
    adminpass adminpass1 adminpassword agent007 airborne airforce aladdin1 alejandra alejandro alejandro1 alexander
    alexander1 alexander123 alexandra alexandre alexandru alexis12 alexis123 amanda12 amanda123 amazing1 america1
    american american1 amorcito andrea12 andrea123 andrew12 andrew123 angel123 angel1234 angelica angelica1 angelina
    angelina1 angels12 anthony1 anthony12 anthony123 anthony2 anything anything1 apple123 apple1234 aq1sw2de3
    aquarius aquarius1 argentina argentina1 army1234 arsenal1 arsenal12 arsenal123 asd12345 asd123456 asd123asd
    asdasd123 asdasdasd asdf1234 asdf12345 asdf123456 asdfasdf asdfasdfasdf asdfghjk asdfghjkl asdfghjkl1
    asdfghjkl123 asdfghjkl; asdfjkl; asdfqwer asdfzxcv asdqwe123 asdzxc123 ashley12 ashley123 assassin assassin1
    asshole1 asshole12 asshole123 australia australia1 autumn12 autumn123 autumn2020 autumn2021 autumn2022
    autumn2023 autumn2024 autumn2025 avengers awesome1 awesome12 awesome123 azerty12 azerty123 azertyui azertyuiop
    azertyuiop123 azsxdcfv babyblue babyblue1 babyboy1 babyboy12 babydoll babydoll1 babyface babygirl babygirl1
    babygirl12 babygirl123 babygirl2 bailey12 bailey123 barbie12 barbie123 barbiegirl barcelona barcelona1
    barcelona10 baseball baseball1 baseball12 baseball123 basketball basketball1 bastard1 batman12 batman123
    batman1234 beautiful beautiful1 beautiful123 beijing1 benjamin benjamin1 berlin12 besiktas besiktas1903
    bestfriend bestfriend1 bestfriends bestfriends4ever bigboy12 bigcock1 bigdaddy bigdaddy1 bigdick1 bigmoney
    billionaire birthday birthday1 bitch123 bitch1234 bitches1 bitcoin1 bitcoin123 black123 black1234 blackberry
    blackberry1 blackbird blackcat blackcat1 blackjack blacklabel blackrose blahblah blahblah1 blahblahblah blessed1
    blessed123 blink182 blink182! blockchain blue1234 blue12345 blueberry blueblue bond0007 boobies1 boobs123
    boston12 brandon1 brandon12 brandon123 brasil123 brazil12 brittany brittany1 brittany12 broncos1 brother1
    brothers bubblegum bubblegum1 bubbles1 bubbles12 bubbles123 buddy123 buddy1234 budweiser bugsbunny bulldog1
    bulldogs bulldogs1 bullshit bullshit1 business business1 business123 buster12 buster123 buttercup buttercup1
    butterfly butterfly1 butterfly12 butterfly123 california california1 callofduty camaro69 canada12 canada123
    cancer12 capricorn capricorn1 captain1 captain12 caroline cashmoney cashmoney1 casino12 catherine champion
    champion1 champions changeit changeme changeme1 changeme123 charizard charles1 charlie1 charlie12 charlie123
    charlie2 charlotte charlotte1 chatgpt1 chatgpt123 chatgpt2023 cheer123 cheerleader cheese12 cheese123 cheesecake
    cheetah1 chelsea1 chelsea12 chelsea123 chelseafc chester1 chevelle chevrolet chevy123 chicago1 chicago23
    chicken1 chicken12 chicken123 chocolate chocolate1 chocolate12 chocolate123 chris123 chris1234 christ123
    christian christian1 christina christina1 christine christmas christmas1 christopher christopher1 cinderella
    cinderella1 cinnamon cinnamon1 class2010 class2012 claudia1 cocacola cocacola1 cocacola123 coffee12 coffee123
    college1 college123 colombia colombia1 colonel1 commander commander1 company1 company123 computer computer1
    computer12 computer123 cookie12 cookie123 cookiemonster cookies1 corinthians corporate correcthorsebatterystaple
    corvette corvette1 counterstrike courtney courtney1 cowboy12 cowboys1 cowboys22 cowgirl1 cristian cristiano
    cristiano7 cristianoronaldo cristina cristina1 crypto123 crystal1 crystal12 crystal123 cupcake1 cupcake12
    cupcake123 daddy123 daddy1234 daddysgirl daddysgirl1 dallas12 dallas123 dance123 dancer12 dancing1 daniel12
    daniel123 daniel1234 danielle danielle1 darkangel darklord darkness darkness1 darkside david123 david1234
    december december1 default1 default123 demo1234 demo12345 demodemo demon666 destiny1 destiny12 deutschland
    developer developer1 devil666 diamond1 diamond123 diamonds diamonds1 dickhead director director1 doctor12
    doctor123 dogecoin doggie12 doggy123 dolphin1 dolphin12 dolphin123 dolphins dolphins1 dominic1 donaldduck
    dragon12 dragon123 dragon1234 dragon69 dragon88 dragon99 dragonball dragonball1 dragonballz dreamer1 dreams12
    drpepper eagles12 eastside eastside1 edwardcullen elephant elephant1 elizabeth elizabeth1 emerald1 eminem12
    eminem123 emmanuel engineer engineer1 england1 england123 england66 eternity ethereum everything example1
    example123 excellent fabulous fabulous1 facebook facebook1 facebook12 facebook123 facebook1234 faith123 family01
    family12 family123 fantasia fantastic1 fantasy1 father12 father123 february february1 fenerbahce fernanda
    fernando fernando1 ferrari1 ferrari123 firefighter firefighter1 fireman1 fishing1 flamengo florida1 foobar12
    foobar123 football football1 football12 football123 football2 football7 forever1 forever12 forever123 forever21
    forever4 foreverlove fortnite fortnite1 fortnite123 france98 francesca francesco francisco francisco1 frederic
    freedom! freedom1 freedom12 freedom123 friday123 friday13 friends1 friends12 friends123 friendship friendship1
    fuck1234 fuckoff1 fuckoff123 fuckyou! fuckyou1 fuckyou12 fuckyou123 fuckyou2 fuckyou69 gabriel1 gabriel123
    gabriela gabriela1 gabrielle galatasaray gamer123 gamer1234 gaming123 gangsta1 gangster gangster1 garfield
    garfield1 gemini12 general1 george12 george123 germany1 germany123 getmoney getmoney1 ginger12 ginger123
    giovanni giuseppe gladiator gmail123 gmail1234 godbless godbless1 godfather godisgood godisgreat godislove
    godzilla godzilla1 golden12 goldfish goodbye1 goodluck goodluck1 goodmorning goodnight google12 google123
    googlegoogle gorgeous gorgeous1 graduate grandma1 grandpa1 green123 green1234 greenday greenday1 greenday12
    gregory1 gryffindor guest123 guest1234 guestguest guillermo guinness guitar12 guitar123 guitarhero hakunamatata
    halloween halloween1 halo1234 hamburger hamster1 handsome handsome1 hannah12 hannah123 happiness happiness1
    happy123 happy1234 happyday happydays happyface hardcore hardcore1 hardrock harley12 harley123 harleydavidson
    harrypotter harrypotter1 harrypotter7 heaven12 heineken hello123 hello123! hello1234 hello12345 hello666
    hellohello hellokitty hellokitty1 helloworld helloworld1 hellraiser hermione hiphop12 hiphop123 hockey12
    hockey123 hogwarts homersimpson honda123 hongkong hotdog12 hotmail1 hotmail123 hotstuff hottie12 hottie123
    houston1 hugsandkisses hunter01 hunter12 hunter123 hunter2hunter2 hunting1 hurricane husband1 ilovecats
    ilovedogs ilovegod ilovegod1 ilovehim ilovehim1 ilovejesus iloveme1 iloveme123 iloveme2 ilovemom ilovemom1
    ilovemusic iloveporn iloveu12 iloveu123 iloveyou iloveyou! iloveyou!! iloveyou0 iloveyou1 iloveyou12 iloveyou123
    iloveyou2 iloveyou3 iloveyou7 iloveyoubabe iloveyouso iloveyousomuch imagine1 india123 india1234 indonesia
    indonesia1 infinity infinity1 inspiron inspiron1 instagram instagram1 intermilan internet internet1 internet123
    ironmaiden ironman1 ironman123 isabella isabella1 isabelle istanbul istanbul34 jackdaniel jackdaniels jackpot1
    jackson1 jackson5 jamaica1 jamesbond jamesbond007 january1 jasmine1 jasmine12 jasmine123 jennifer jennifer1
    jennifer12 jeremiah jessica1 jessica12 jessica123 jessica2 jesus123 jesus1234 jesuschrist jesusis1 jesusislord
    jesuslovesme jonathan jonathan1 jonathan12 jordan01 jordan12 jordan123 jordan23 joseph12 joseph123 joshua12
    joshua123 juliana1 juliette justin12 justin123 justinbieber juventus juventus1 katherine katherine1 kathleen
    kawasaki killer12 killer123 killer1234 kimberly kimberly1 kisses12 kissme12 kissmyass kissmyass1 kitten12
    kitten123 kittycat kittycat1 knight12 knights1 kristina kristine labrador lakers24 lamborghini lasvegas lauren12
    lauren123 leagueoflegends legend12 legend123 leo12345 leonardo leonardo1 leopard1 letmein! letmein1 letmein12
    letmein123 letmein2 letmeinnow lightning lightning1 linkedin linkedin1 linkinpark linkinpark1 lionking liverpool
    liverpool1 liverpool123 liverpoolfc lkjhgfds lkjhgfdsa login123 login1234 loginlogin lollipop lollipop1 london12
    london123 london2012 lorenzo1 losangeles lottery1 love1234 love12345 love123456 lovebird lovebug1 loveforever
    loveislife lovelove lovelove1 lovely12 lovely123 loveme12 loveme123 loverboy lovergirl loveyou! loveyou1
    loveyou12 loveyou123 loveyou2 lucifer1 lucifer666 lucky123 lucky1234 lucky13! lucky777 luckydog macintosh
    madison1 madison12 madison123 maggie12 maggie123 malaysia manager1 manager123 manchester manchester1 manunited
    manutd12 manutd123 marcus12 margaret margarita marianne marijuana marina12 marines1 marlboro marlboro1 marriage
    married1 martin12 martin123 martinez master12 master123 master1234 masterkey matrix12 matthew1 matthew12
    matthew123 matthew2 mauricio maximilian melissa1 melissa12 melissa123 mercedes mercedes1 mercedesbenz metallica
    metallica1 mexico12 mexico123 miami305 michael1 michael12 michael123 michael2 michelle michelle1 michelle12
    mickey12 mickey123 mickeymouse microsoft microsoft1 midnight midnight! midnight1 midnight12 miguel12 miguel123
    military million1 millionaire minecraft minecraft1 minecraft123 minnie12 minniemouse mivida12 mnbvcxz1 mnbvcxza
    mohamed1 mohammed mohammed1 molly123 mommy12! mommy123 mommy1234 mommyof2 monday12 monday123 money123 money1234
    moneymaker moneyman moneymoney monica12 monkey11 monkey12 monkey123 monkey1234 monkey69 moonlight moonlight1
    moscow12 mother12 mother123 mountaindew muhammad muhammad1 musiclover musicman mustang1 mustang12 mustang123
    mustang69 mybabies mybaby12 mybaby123 mychemicalromance myfamily mykids12 mykids123 mylove12 mylove123
    mypassword mypassword1 mysecret myspace1 myspace12 myspace123 natalia1 natalie1 natasha1 nathan12 nathan123
    netflix1 netflix123 newpassword newpassword1 newyork1 newyork12 newyork123 nicholas nicholas1 nicolas1 nicole12
    nicole123 nightmare nightmare1 ninja123 ninja1234 nintendo nintendo1 nintendo64 nirvana1 nirvana12 nirvana123
    nopassword northside nothing1 nothing123 november november1 nuggets1 number1! number12 numberone numero10
    nurse123 october1 office12 office123 oliver12 oliver123 openai123 opensesame orange12 orange123 oreo1234
    p@$$w0rd p@$$word p@ssw0rd p@ssw0rd1 p@ssword p@ssword1 pa$$w0rd pa$$word pa55w0rd pa55word packers1 pakistan
    pakistan1 pakistan123 palmeiras pancake1 panther1 panther123 paramore paris123 pass1234 pass12345 pass123456
    pass1word passcode passcode1 passion1 passme123 passpass passphrase passw0rd passw0rd1 passwd12 passwd123
    password password! password00 password01 password1 password1! password11 password12 password123 password1234
    password12345 password123456 password1password password2 password22 password3 password69 password7 password9
    password99 passwordpassword passwords passwort passwort1 patches1 patricia patricia1 patrick1 patrick12
    patrick123 patriots patriots1 peanut12 peanut123 penguin1 penguin12 penguin123 penis123 pepper12 pepper123
    pepsi123 perfect1 perfect12 personal peterpan peterpan1 phantom1 philippines philly215 phoenix1 pikachu1
    pikachu123 pineapple pineapple1 pink1234 pinkfloyd pinkfloyd1 pinky123 pirate12 pirates1 pitbull1 pizza123
    pizza1234 platinum playstation playstation1 playstation3 poiuytre poiuytrewq pokemon1 pokemon12 pokemon123
    poker123 police12 police911 poohbear poohbear1 popcorn1 popcorn12 popstar1 pornhub1 porsche1 porsche911 portugal
    portugal1 precious precious1 precious12 predator predator1 princesa princesa1 princess princess! princess1
    princess11 princess12 princess123 princess2 princess7 private1 private123 programmer protect1 pumpkin1 pumpkin12
    pumpkin123 puppies1 puppy123 puppydog puppylove purple12 purple123 pussy123 pussycat q1234567 q12345678
    q123456789 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qawsedrf qaz12345 qaz123wsx qazqazqaz qazwsx12 qazwsx123 qazwsxed
    qazwsxedc qazwsxedc123 qazwsxedcrfv qazxsw21 qazxswedc qq123456 qqqqqqqq qqww1122 qwaszx12 qwe12345 qwe123456
    qwe123asd qwe123qwe qweasd123 qweasdzxc qweasdzxc123 qweqwe123 qweqweqwe qwer1234 qwer12345 qwer123456 qwerasdf
    qwerasdfzxcv qwerqwer qwert123 qwert1234 qwert12345 qwerty00 qwerty01 qwerty1! qwerty11 qwerty12 qwerty12!
    qwerty123 qwerty123! qwerty1234 qwerty12345 qwerty123456 qwerty1q qwerty21 qwerty22 qwerty321 qwerty77 qwerty78
    qwerty99 qwertyqaz qwertyqwerty qwertyu1 qwertyui qwertyuio qwertyuiop qwertyuiop1 qwertyuiop12 qwertyuiop123
    qwertyuiop[] qwertz123 qwertzui qwertzuiop qwqwqwqw rachel12 rachel123 rafael12 rainbow1 rainbow12 rainbow123
    rainbow6 rammstein raphael1 rapunzel realmadrid realmadrid1 rebecca1 rebecca12 red12345 redhat12 redskins
    redsox04 redwings ricardo1 richard1 richard12 richard123 robert12 robert123 roberto1 roblox123 roblox1234
    rockandroll rocknroll rockstar rockstar1 rockstar12 rodrigo1 romance1 ronaldo1 ronaldo7 root1234 root12345
    rootpassword rootroot rottweiler runescape runescape1 sadie123 sagittarius samantha samantha1 samantha12
    sample123 samplepassword samsung1 samsung12 samsung123 samsung1234 samuel12 samuel123 samurai1 sapphire satan666
    saturday scarface scarface1 school12 school123 scooby12 scoobydoo scoobydoo1 scorpio1 scorpion scorpion1
    scotland scotland1 sebastian sebastian1 secret12 secret123 secret1234 secretsecret secure12 security security1
    security123 seduction september september1 sergeant sergio12 sesame12 sexy1234 sexybaby sexybitch sexyboy1
    sexygirl sexylady shadow01 shadow11 shadow12 shadow123 shadow1234 shanghai shooter1 shooting shootingstar
    silver12 silver123 simpsons singapore sister12 sisters1 skateboard skateboarding skater12 skywalker slipknot
    slipknot1 slipknot666 slytherin smartaihub smarthub smile123 smiley12 smiley123 smoke420 smokeweed smokeweed1
    sniper12 sniper123 snoopy12 snoopy123 snowball snowball1 snowboard snowflake snowman1 soccer10 soccer12
    soccer123 soccer13 softball softball1 softball12 soldier1 something something1 sophie12 sophie123 southpark
    southside southside1 spaghetti special1 spiderman spiderman1 spiderman123 spiderman2 spongebob spongebob1
    spongebob123 spring12 spring123 spring2020 spring2021 spring2022 spring2023 spring2024 spring2025 spring2026
    starcraft starcraft2 stargate stargate1 starlight starstar startrek startrek1 starwars starwars1 starwars123
    steelers steelers1 stephanie stephanie1 stephen1 steven12 steven123 stoner420 strawberry strawberry1 student1
    student123 summer01 summer10 summer11 summer12 summer123 summer2018 summer2019 summer2020 summer2021 summer2022
    summer2023 summer2024 summer2025 summer2026 summertime sunday12 sunflower sunflower1 sunshine sunshine1
    sunshine12 sunshine123 sunshine2 superadmin superman superman1 superman12 superman123 superman2 superstar
    superstar1 superuser supervisor surfing1 survivor survivor1 suzuki12 sweet123 sweet16! sweetheart sweetheart1
    sweetie1 sweetie123 sweetpea sweetpea1 sweety12 swimming swimming1 switzerland sysadmin system32 taurus12
    taylor12 taylor123 taylor13 teacher1 teacher123 teamo123 teamo1234 teamomucho temp1234 temporary temppass
    temppassword tequiero tequila1 terminator terminator2 test1234 test12345 test123456 test1test tester123 testing1
    testing12 testing123 testpass testpass1 testpass123 testpassword testtest testtest1 testtest123 testuser
    testuser1 texas123 thailand thepassword thomas12 thomas123 thuglife thuglife1 thunder1 thunder12 thunder123
    thursday tiffany1 tiger123 tigers12 tigger12 tigger123 tinkerbell tinkerbell1 toor1234 topsecret tornado1
    toyota12 trading1 tristan1 truelove truelove1 truelove123 trustno1 trustno1! trustnoone tupac123 tupacshakur
    tweety12 tweetybird twilight twilight1 twitter1 twitter123 tyler123 university user1234 username username1
    userpassword useruser valentina valentina1 valentine valentine1 valeria1 valorant vampire1 vampires vanessa1
    vanessa12 vanessa123 venezuela veronica veronica1 victoria victoria1 victoria12 vietnam1 vincent1 virgo123
    viviana1 vodka123 volcano1 voldemort volleyball volleyball1 w1234567 warcraft warcraft1 warcraft3 warrior1
    warrior123 warriors wasdwasd watermelon wedding1 wednesday weed1234 weed4200 welcome! welcome01 welcome1
    welcome1! welcome12 welcome123 welcome1234 welcome2 welcome2020 welcome2021 welcome2022 welcome2023 welcome2024
    welcome2025 welcome2026 werewolf westside westside1 whatever whatever1 whatever12 whatsapp whiskey1 white123
    whitetiger william1 william12 william123 windows1 windows10 windows123 windows7 winner12 winner123 winniethepooh
    winter12 winter123 winter2020 winter2021 winter2022 winter2023 winter2024 winter2025 winter2026 wolverine
    wonderful wonderful1 wrinkles1 wsxedc123 x1234567 xavier12 xbox360x xxxxxxxx yahoo123 yamaha12 yankees1 yankees2
    yellow12 yellow123 yolanda1 yourpassword youtube1 youtube123 z1x2c3v4 zachary1 zaq12wsx zaq1@wsx zaq1xsw2
    zaq1zaq1 zombie12 zombies1 zxc12345 zxc123456 zxcasdqwe zxcasdqwe123 zxcv1234 zxcvasdf zxcvbnm, zxcvbnm,./
    zxcvbnm1 zxcvbnm12 zxcvbnm123 zxcvzxcv zxczxczxc zz123456 zzzzzzzz
    """#
    .split(whereSeparator: \.isWhitespace).map(String.init)
)
